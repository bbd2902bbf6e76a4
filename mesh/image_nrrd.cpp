#include "mesh/image_nrrd.hpp"
#include "core/base/errors.hpp"
#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <limits>
#include <sstream>
#include <zlib.h>

namespace kypho {
namespace {

std::string field(const ImageHeader& header, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const auto it = header.fields.find(name); it != header.fields.end()) return it->second;
  return "";
}

std::string read_bytes(const std::filesystem::path& file, std::size_t first) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw InputError(fmt::format("{}: cannot be opened", file.string()));
  in.seekg(static_cast<std::streamoff>(first));
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

/// @throws InputError if the stream ends or breaks before @p wanted bytes
std::string inflated(const std::string& packed, std::size_t wanted, const std::filesystem::path& file) {
  std::string bytes(wanted, '\0');
  z_stream stream{};
  inflateInit2(&stream, 16 + MAX_WBITS); // with the gzip header
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  std::size_t in_left = packed.size(), out_left = wanted;
  int state = Z_OK;
  while (state == Z_OK && out_left > 0) {
    constexpr std::size_t most = std::numeric_limits<uInt>::max();
    stream.avail_in = static_cast<uInt>(std::min(in_left, most));
    stream.avail_out = static_cast<uInt>(std::min(out_left, most));
    const std::size_t in_before = stream.avail_in, out_before = stream.avail_out;
    state = inflate(&stream, Z_NO_FLUSH);
    in_left -= in_before - stream.avail_in;
    out_left -= out_before - stream.avail_out;
  }
  inflateEnd(&stream);
  if (out_left > 0) throw InputError(fmt::format("{}: truncated or unreadable image", file.string()));
  return bytes;
}

template <class T>
void decode_binary(const std::string& bytes, bool swap, std::vector<float>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::array<char, sizeof(T)> raw{};
    std::memcpy(raw.data(), bytes.data() + i * sizeof(T), sizeof(T));
    if (swap) std::reverse(raw.begin(), raw.end());
    T value;
    std::memcpy(&value, raw.data(), sizeof(T));
    values[i] = static_cast<float>(value);
  }
}

using Decode = void (*)(const std::string&, bool, std::vector<float>&);
struct Type {
  std::size_t bytes;
  Decode decode;
};

/// The names of the NRRD format definition, section 5, "type".
Type find_type(const std::string& name, const std::filesystem::path& file) {
  static const std::map<std::string, Type> types = [] {
    std::map<std::string, Type> all;
    const auto add = [&](std::initializer_list<const char*> names, Type type) {
      for (const char* n : names) all[n] = type;
    };
    add({"signed char", "int8", "int8_t"}, {1, decode_binary<std::int8_t>});
    add({"uchar", "unsigned char", "uint8", "uint8_t"}, {1, decode_binary<std::uint8_t>});
    add({"short", "short int", "signed short", "signed short int", "int16", "int16_t"},
        {2, decode_binary<std::int16_t>});
    add({"ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"}, {2, decode_binary<std::uint16_t>});
    add({"int", "signed int", "int32", "int32_t"}, {4, decode_binary<std::int32_t>});
    add({"uint", "unsigned int", "uint32", "uint32_t"}, {4, decode_binary<std::uint32_t>});
    add({"float"}, {4, decode_binary<float>});
    add({"double"}, {8, decode_binary<double>});
    return all;
  }();
  const auto it = types.find(name);
  if (it == types.end()) throw InputError(fmt::format("{}: values of type '{}' are not read", file.string(), name));
  return it->second;
}

void decode_text(const std::string& bytes, std::vector<float>& values, const std::filesystem::path& file) {
  std::istringstream in(bytes);
  for (float& v : values)
    if (!(in >> v)) throw InputError(fmt::format("{}: truncated or unreadable image", file.string()));
}

} // namespace

void read_nrrd_voxels(const std::filesystem::path& file, const ImageHeader& header, ImageVolume& image) {
  const std::vector<double> sizes = numbers_in(field(header, {"sizes"}));
  if (sizes.size() != 3 || *std::min_element(sizes.begin(), sizes.end()) < 1 || sizes[0] * sizes[1] * sizes[2] > 4e9)
    throw InputError(fmt::format("{}: truncated or unreadable image: no sizes", file.string()));
  for (int a = 0; a < 3; ++a) image.size[a] = static_cast<int>(sizes[a]);
  image.values.resize(static_cast<std::size_t>(image.size[0]) * image.size[1] * image.size[2]);

  std::filesystem::path data = file;
  std::size_t first = header.bytes;
  if (const std::string detached = field(header, {"data file", "datafile"}); !detached.empty()) {
    if (detached.rfind("LIST", 0) == 0 || detached.find('%') != std::string::npos)
      throw InputError(fmt::format("{}: data in several files are not read", file.string()));
    data = file.parent_path() / detached;
    first = 0;
  }
  for (const char* skip : {"line skip", "lineskip", "byte skip", "byteskip"})
    if (const std::string value = field(header, {skip}); !value.empty() && value != "0")
      throw InputError(fmt::format("{}: '{}' is not read", file.string(), skip));

  const std::string encoding = field(header, {"encoding"});
  std::string bytes = read_bytes(data, first);
  if (encoding == "txt" || encoding == "text" || encoding == "ascii") return decode_text(bytes, image.values, file);
  const Type type = find_type(field(header, {"type"}), file);
  const std::size_t wanted = image.values.size() * type.bytes;
  if (encoding == "gzip" || encoding == "gz")
    bytes = inflated(bytes, wanted, file);
  else if (encoding != "raw")
    throw InputError(fmt::format("{}: encoding '{}' is not read", file.string(), encoding));
  if (bytes.size() < wanted)
    throw InputError(
        fmt::format("{}: truncated or unreadable image: {} of {} bytes", file.string(), bytes.size(), wanted));
  type.decode(bytes, field(header, {"endian"}) == "big", image.values);
}

} // namespace kypho
