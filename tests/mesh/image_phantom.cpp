#include "image_phantom.hpp"
#include <Eigen/Geometry>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <random>
#include <zlib.h>

namespace kypho::test {
namespace {

constexpr double degree = 0.017453292519943295;

template <class T>
void put(std::string& bytes, std::size_t at, T value) {
  std::memcpy(&bytes[at], &value, sizeof value);
}

std::string encoded(const Phantom& phantom, ValueType type) {
  std::string bytes;
  const auto add = [&](auto value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); };
  for (const float v : phantom.values) {
    if (type == ValueType::uint8)
      add(static_cast<std::uint8_t>(v));
    else if (type == ValueType::int16)
      add(static_cast<std::int16_t>(v));
    else
      add(v);
  }
  return bytes;
}

void write(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

/// NIfTI-1 quaternion of a proper rotation (nifti1.h, method 2).
Eigen::Quaterniond quaternion_of(const Mat3& rotation) {
  Eigen::Quaterniond q(rotation);
  if (q.w() < 0) q.coeffs() *= -1;
  return q;
}

std::string gzipped(const std::string& bytes) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

const Mat3 ras_to_lps = Vec3(-1, -1, 1).asDiagonal();

} // namespace

Mat3 oblique_rotation() {
  return (Eigen::AngleAxisd(20 * degree, Vec3::UnitX()) * Eigen::AngleAxisd(-12 * degree, Vec3::UnitY()) *
          Eigen::AngleAxisd(9 * degree, Vec3::UnitZ()))
      .toRotationMatrix();
}

Phantom numbered_volume(const Mat3& axes, const Vec3& origin) {
  Phantom phantom{{5, 6, 7}, axes, origin, {}};
  for (int v = 0; v < 5 * 6 * 7; ++v) phantom.values.push_back(static_cast<float>(v));
  return phantom;
}

void write_nifti(const std::filesystem::path& file, const Phantom& phantom, const NiftiOptions& options) {
  std::string h(352, '\0');
  const Vec3 spacing = phantom.axes.colwise().norm().transpose();
  put<std::int32_t>(h, 0, 348);
  const std::array<short, 8> dim{static_cast<short>(options.frames > 1 ? 4 : 3),
                                 static_cast<short>(phantom.size[0]),
                                 static_cast<short>(phantom.size[1]),
                                 static_cast<short>(phantom.size[2]),
                                 options.frames,
                                 1,
                                 1,
                                 1};
  for (int i = 0; i < 8; ++i) put<short>(h, 40 + 2 * i, dim[i]);
  const bool byte = options.type == ValueType::uint8, word = options.type == ValueType::int16;
  put<short>(h, 70, byte ? 2 : word ? 4 : 16);
  put<short>(h, 72, byte ? 8 : word ? 16 : 32);
  Mat3 rotation = phantom.axes * spacing.cwiseInverse().asDiagonal();
  const float qfac = rotation.determinant() < 0 ? -1.0F : 1.0F;
  put<float>(h, 76, qfac);
  for (int i = 0; i < 3; ++i) put<float>(h, 80 + 4 * i, static_cast<float>(spacing[i]));
  put<float>(h, 108, 352);
  put<float>(h, 112, options.slope);
  put<float>(h, 116, options.intercept);
  h[123] = 2; // mm
  if (options.sform) {
    put<short>(h, 254, 1);
    for (int row = 0; row < 3; ++row) {
      for (int column = 0; column < 3; ++column)
        put<float>(h, 280 + 16 * row + 4 * column, static_cast<float>(phantom.axes(row, column)));
      put<float>(h, 280 + 16 * row + 12, static_cast<float>(phantom.origin[row]));
    }
  } else {
    put<short>(h, 252, 1);
    rotation.col(2) *= qfac;
    const Eigen::Quaterniond q = quaternion_of(rotation);
    const std::array<double, 6> values{q.x(), q.y(), q.z(), phantom.origin.x(), phantom.origin.y(), phantom.origin.z()};
    for (int i = 0; i < 6; ++i) put<float>(h, 256 + 4 * i, static_cast<float>(values[i]));
  }
  std::memcpy(&h[344], "n+1", 4);
  std::string data = encoded(phantom, options.type), all = h;
  for (int i = 0; i < options.frames; ++i) all += data;
  write(file, all);
}

void write_metaimage(const std::filesystem::path& file, const Phantom& phantom, ValueType type) {
  const Vec3 spacing = phantom.axes.colwise().norm().transpose();
  const Mat3 d = ras_to_lps * phantom.axes * spacing.cwiseInverse().asDiagonal();
  const Vec3 o = ras_to_lps * phantom.origin;
  const char* element = type == ValueType::uint8 ? "MET_UCHAR" : type == ValueType::int16 ? "MET_SHORT" : "MET_FLOAT";
  std::string h = "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
                  "CompressedData = False\n";
  h += fmt::format("TransformMatrix = {} {} {} {} {} {} {} {} {}\n", d(0, 0), d(1, 0), d(2, 0), d(0, 1), d(1, 1),
                   d(2, 1), d(0, 2), d(1, 2), d(2, 2));
  h += fmt::format("Offset = {} {} {}\nCenterOfRotation = 0 0 0\n", o.x(), o.y(), o.z());
  h += fmt::format("ElementSpacing = {} {} {}\n", spacing.x(), spacing.y(), spacing.z());
  h += fmt::format("DimSize = {} {} {}\nElementType = {}\nElementDataFile = LOCAL\n", phantom.size[0], phantom.size[1],
                   phantom.size[2], element);
  write(file, h + encoded(phantom, type));
}

void write_nrrd(const std::filesystem::path& file, const Phantom& phantom, const std::string& space, ValueType type,
                bool gzip) {
  const Mat3 turn = space == "left-posterior-superior" ? ras_to_lps : Mat3(Mat3::Identity());
  const Mat3 d = turn * phantom.axes;
  const Vec3 o = turn * phantom.origin;
  const char* element = type == ValueType::uint8 ? "unsigned char" : type == ValueType::int16 ? "short" : "float";
  std::string h = fmt::format("NRRD0004\ntype: {}\ndimension: 3\nspace: {}\nsizes: {} {} {}\n", element, space,
                              phantom.size[0], phantom.size[1], phantom.size[2]);
  h += fmt::format("space directions: ({},{},{}) ({},{},{}) ({},{},{})\n", d(0, 0), d(1, 0), d(2, 0), d(0, 1), d(1, 1),
                   d(2, 1), d(0, 2), d(1, 2), d(2, 2));
  h += fmt::format("kinds: domain domain domain\nendian: little\nencoding: {}\nspace origin: ({},{},{})\n\n",
                   gzip ? "gzip" : "raw", o.x(), o.y(), o.z());
  write(file, h + (gzip ? gzipped(encoded(phantom, type)) : encoded(phantom, type)));
}

void cut_short(const std::filesystem::path& file, std::uintmax_t bytes) {
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - bytes);
}

Pose usual_pose() {
  Mat3 upright;
  upright.col(0) = Vec3::UnitY();
  upright.col(1) = -Vec3::UnitX();
  upright.col(2) = Vec3::UnitZ();
  const Mat3 tilt = (Eigen::AngleAxisd(10 * degree, Vec3::UnitX()) * Eigen::AngleAxisd(-6 * degree, Vec3::UnitY()) *
                     Eigen::AngleAxisd(7 * degree, Vec3::UnitZ()))
                        .toRotationMatrix();
  return {tilt * upright, Vec3(31, -17, 412)};
}

Phantom scan(const Pose& pose, const Mat3& voxel_axes, const Box& box, const std::function<float(const Vec3&)>& value) {
  Phantom phantom;
  phantom.axes = voxel_axes;
  const Mat3 to_index = voxel_axes.inverse();
  Box indices;
  for (int corner = 0; corner < 8; ++corner) {
    const Vec3 p(corner & 1 ? box.upper.x() : box.lower.x(), corner & 2 ? box.upper.y() : box.lower.y(),
                 corner & 4 ? box.upper.z() : box.lower.z());
    indices.extend(to_index * (pose.axes * p + pose.origin));
  }
  phantom.origin = voxel_axes * indices.lower.array().floor().matrix();
  for (int a = 0; a < 3; ++a)
    phantom.size[a] = static_cast<int>(std::ceil(indices.upper[a]) - std::floor(indices.lower[a])) + 1;
  for (int k = 0; k < phantom.size[2]; ++k)
    for (int j = 0; j < phantom.size[1]; ++j)
      for (int i = 0; i < phantom.size[0]; ++i)
        phantom.values.push_back(value(pose.axes.transpose() * (phantom.place(i, j, k) - pose.origin)));
  return phantom;
}

Folder::Folder() {
  std::random_device random;
  path_ = std::filesystem::temp_directory_path() / fmt::format("kypho_image_{:08x}{:08x}", random(), random());
  std::filesystem::create_directories(path_);
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

} // namespace kypho::test
