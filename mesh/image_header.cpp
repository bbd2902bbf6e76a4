#include "mesh/image_header.hpp"
#include "core/base/errors.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <optional>
#include <sstream>

namespace kypho {
namespace {

const Mat3 lps_to_ras = Vec3(-1, -1, 1).asDiagonal();

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// "key = value" or "key: value" lines up to @p last_key (MetaImage) or an empty line (NRRD).
void read_fields(const std::filesystem::path& file, char separator, const std::string& last_key, ImageHeader& header) {
  std::ifstream in(file, std::ios::binary);
  std::string line;
  for (int count = 0; count < 1000 && std::getline(in, line) && line.size() < 100000; ++count) {
    header.bytes += line.size() + 1;
    line = trimmed(line);
    if (line.empty() && last_key.empty()) break;
    const auto at = line.find(separator);
    if (at == std::string::npos || line[0] == '#') continue;
    const std::string key = lowered(trimmed(line.substr(0, at)));
    std::string value = line.substr(at + 1);
    if (!value.empty() && value[0] == '=') value.erase(0, 1); // NRRD's own key:=value pairs
    header.fields[key] = trimmed(value);
    if (key == last_key) break;
  }
}

std::vector<double> field_numbers(const HeaderFields& fields, std::initializer_list<const char*> keys) {
  for (const char* key : keys)
    if (const auto it = fields.find(key); it != fields.end()) return numbers_in(it->second);
  return {};
}

void require_three_dimensions(const std::filesystem::path& file, const HeaderFields& fields, const char* key) {
  const auto n = field_numbers(fields, {key});
  if (n.empty()) throw InputError(fmt::format("{}: truncated or unreadable image: no header", file.string()));
  if (n[0] != 3) throw InputError(fmt::format("{}: has {} dimensions; a 3-D volume is needed", file.string(), n[0]));
}

Mat3 columns_of(const std::vector<double>& n) {
  Mat3 m;
  for (int i = 0; i < 9; ++i) m(i % 3, i / 3) = n[i];
  return m;
}

/// Diagonal that turns the named NRRD space into RAS; nothing for a space without anatomy.
std::optional<Mat3> space_to_ras(const std::string& name) {
  const auto is = [&](const char* full, const char* letters) { return name == full || name == letters; };
  if (is("right-anterior-superior", "ras")) return Mat3(Mat3::Identity());
  if (is("left-anterior-superior", "las")) return Mat3(Vec3(-1, 1, 1).asDiagonal());
  if (is("left-posterior-superior", "lps")) return lps_to_ras;
  return std::nullopt;
}

} // namespace

std::vector<double> numbers_in(std::string text) {
  for (char& c : text)
    if (c == '(' || c == ')' || c == ',') c = ' ';
  std::istringstream words(text);
  std::vector<double> numbers;
  for (std::string word; words >> word;) {
    char* end = nullptr;
    const double value = std::strtod(word.c_str(), &end);
    if (end != word.c_str() && *end == '\0') numbers.push_back(value);
  }
  return numbers;
}

ImageHeader read_metaimage_header(const std::filesystem::path& file) {
  ImageHeader header;
  read_fields(file, '=', "elementdatafile", header);
  const HeaderFields& fields = header.fields;
  require_three_dimensions(file, fields, "ndims");
  const auto spacing = field_numbers(fields, {"elementspacing", "elementsize"});
  const auto turn = field_numbers(fields, {"transformmatrix", "orientation", "rotation"});
  const auto origin = field_numbers(fields, {"offset", "position", "origin"});
  const Vec3 step = spacing.size() == 3 ? Vec3(spacing.data()) : Vec3::Ones().eval();
  if (spacing.size() != 3)
    header.notes.push_back(file.filename().string() + ": no ElementSpacing; voxels of 1 mm are assumed");
  if (turn.size() != 9)
    header.notes.push_back(file.filename().string() + ": no TransformMatrix; its axes are taken as left, posterior, "
                                                      "superior");
  const Mat3 direction = turn.size() == 9 ? columns_of(turn) : Mat3::Identity().eval();
  header.axes = lps_to_ras * direction * step.asDiagonal();
  if (origin.size() == 3) header.origin = lps_to_ras * Vec3(origin.data());
  return header;
}

ImageHeader read_nrrd_header(const std::filesystem::path& file) {
  ImageHeader header;
  read_fields(file, ':', "", header);
  const HeaderFields& fields = header.fields;
  require_three_dimensions(file, fields, "dimension");
  const auto named = fields.find("space");
  const auto to_ras = space_to_ras(named == fields.end() ? "" : lowered(named->second));
  const auto steps = field_numbers(fields, {"space directions"});
  const auto origin = field_numbers(fields, {"space origin"});
  if (steps.size() == 9) {
    header.axes = to_ras.value_or(lps_to_ras) * columns_of(steps);
    if (origin.size() == 3) header.origin = to_ras.value_or(lps_to_ras) * Vec3(origin.data());
    if (!to_ras)
      header.notes.push_back(file.filename().string() + ": its space has no anatomical name; left, posterior, superior "
                                                        "is assumed");
    return header;
  }
  const auto spacing = field_numbers(fields, {"spacings"});
  const Vec3 step = spacing.size() == 3 ? Vec3(spacing.data()) : Vec3::Ones().eval();
  header.axes = lps_to_ras * step.asDiagonal();
  header.notes.push_back(file.filename().string() + ": no space directions; its axes are taken as left, posterior, "
                                                    "superior");
  return header;
}

} // namespace kypho
