#include "viz/files.hpp"
#include "core/base/errors.hpp"
#include <fstream>
#include <sstream>

namespace kypho {

void write_whole_file(const std::filesystem::path& path, const std::string& bytes) {
  auto temporary = path;
  temporary += ".part";
  {
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) {
      std::error_code ignored;
      std::filesystem::remove(temporary, ignored);
      throw LimitReached("cannot write '" + path.string() + "': is the disk full or the folder read-only?");
    }
  }
  std::error_code error;
  std::filesystem::rename(temporary, path, error);
  if (error) throw LimitReached("cannot write '" + path.string() + "': " + error.message());
}

std::string read_whole_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  if (in) bytes << in.rdbuf();
  if (!in || !bytes) throw InputError("cannot read '" + path.string() + "'");
  return bytes.str();
}

} // namespace kypho
