#include "scenarios/table_file.hpp"
#include "core/base/errors.hpp"
#include "scenarios/run_folder.hpp"
#include <algorithm>
#include <fstream>
#include <hdf5.h>
#include <iterator>
#include <utility>

namespace kypho {
namespace {

constexpr hsize_t chunk_bytes = 1 << 18;
constexpr unsigned compression = 1; // higher levels gain 2 % of such numbers and cost three times the time
constexpr std::size_t image_growth = 1 << 22;

/// The library failed; said with the file's name further up.
struct Failure {};

/// One of the library's numbers, closed at the end of the scope.
class Handle {
public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {
    if (id < 0) throw Failure();
  }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  operator hid_t() const { return id_; }

private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

void require(herr_t status) {
  if (status < 0) throw Failure();
}

// The library would print to standard error by itself.
void be_silent() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

hid_t memory_type(double) { return H5T_NATIVE_DOUBLE; }
hid_t memory_type(std::int64_t) { return H5T_NATIVE_INT64; }

/// Texts of one length, one after the other.
std::string padded(const std::vector<std::string>& texts, std::size_t length) {
  std::string all;
  all.reserve(texts.size() * length);
  for (const std::string& text : texts) all.append(text).append(length - text.size(), '\0');
  return all;
}

std::size_t longest(const std::vector<std::string>& texts) {
  std::size_t length = 1;
  for (const std::string& text : texts) length = std::max(length, text.size());
  return length;
}

Handle text_type(std::size_t length) {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  require(H5Tset_size(type, length));
  require(H5Tset_strpad(type, H5T_STR_NULLPAD));
  return type;
}

void write_dataset(hid_t file, const std::string& path, hid_t type, hsize_t values, hsize_t width, const void* data) {
  const hsize_t shape[2] = {values / width, width};
  const hsize_t row_bytes = width * static_cast<hsize_t>(H5Tget_size(type));
  const hsize_t chunk[2] = {std::clamp<hsize_t>(chunk_bytes / row_bytes, 1, std::max<hsize_t>(shape[0], 1)), width};
  const Handle space(H5Screate_simple(2, shape, nullptr), H5Sclose);
  const Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose), layout(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  require(H5Pset_create_intermediate_group(links, 1));
  require(H5Pset_obj_track_times(layout, 0)); // no dates: the same tables give the same bytes
  if (values > 0) {
    require(H5Pset_chunk(layout, 2, chunk));
    require(H5Pset_shuffle(layout));
    require(H5Pset_deflate(layout, compression));
    require(H5Pset_fletcher32(layout));
  }
  const Handle dataset(H5Dcreate2(file, path.c_str(), type, space, links, layout, H5P_DEFAULT), H5Dclose);
  if (values > 0) require(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data));
}

void write_table(hid_t file, const std::string& path, const StateTable& table) {
  std::visit(
      [&]<class T>(const Rows<T>& rows) {
        const auto width = static_cast<hsize_t>(rows.width);
        if constexpr (std::same_as<T, std::string>) {
          const std::size_t length = longest(rows.values);
          write_dataset(file, path, text_type(length), rows.values.size(), width, padded(rows.values, length).data());
        } else {
          write_dataset(file, path, memory_type(T()), rows.values.size(), width, rows.values.data());
        }
      },
      table);
}

StateTable read_dataset(hid_t file, const char* path) {
  const Handle dataset(H5Dopen2(file, path, H5P_DEFAULT), H5Dclose);
  const Handle space(H5Dget_space(dataset), H5Sclose), type(H5Dget_type(dataset), H5Tclose);
  hsize_t shape[2];
  if (H5Sget_simple_extent_ndims(space) != 2 || H5Sget_simple_extent_dims(space, shape, nullptr) != 2) throw Failure();
  const std::size_t values = shape[0] * shape[1];
  const auto numbers = [&]<class T>(Rows<T> rows) -> StateTable {
    rows.width = static_cast<int>(shape[1]);
    rows.values.resize(values);
    require(H5Dread(dataset, memory_type(T()), H5S_ALL, H5S_ALL, H5P_DEFAULT, rows.values.data()));
    return rows;
  };
  switch (H5Tget_class(type)) {
  case H5T_FLOAT: return numbers(Rows<double>());
  case H5T_INTEGER: return numbers(Rows<std::int64_t>());
  case H5T_STRING: break;
  default: throw Failure();
  }
  const std::size_t length = H5Tget_size(type);
  std::string all(values * length, '\0');
  require(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, all.data()));
  Rows<std::string> rows{static_cast<int>(shape[1]), {}};
  for (std::size_t k = 0; k < values; ++k) {
    const std::string text = all.substr(k * length, length);
    rows.values.push_back(text.substr(0, text.find_last_not_of('\0') + 1));
  }
  return rows;
}

herr_t note_dataset(hid_t, const char* name, const H5O_info_t* info, void* names) {
  if (info->type == H5O_TYPE_DATASET) static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

Handle memory_file() {
  Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  require(H5Pset_fapl_core(access, image_growth, 0)); // in memory: writing to disk is replace_file's business
  return access;
}

std::string image_of(const State& tables) {
  const Handle access = memory_file();
  const Handle file(H5Fcreate("tables", H5F_ACC_TRUNC, H5P_DEFAULT, access), H5Fclose);
  for (const auto& [path, table] : tables) write_table(file, path, table);
  require(H5Fflush(file, H5F_SCOPE_GLOBAL));
  const ssize_t size = H5Fget_file_image(file, nullptr, 0);
  if (size < 0) throw Failure();
  std::string image(static_cast<std::size_t>(size), '\0');
  if (H5Fget_file_image(file, image.data(), image.size()) != size) throw Failure();
  return image;
}

State tables_in(std::string& image, const std::string& group) {
  const Handle access = memory_file();
  require(H5Pset_file_image(access, image.data(), image.size()));
  const Handle file(H5Fopen("tables", H5F_ACC_RDONLY, access), H5Fclose);
  const Handle top(H5Gopen2(file, group.c_str(), H5P_DEFAULT), H5Gclose);
  std::vector<std::string> names;
  require(H5Ovisit(top, H5_INDEX_NAME, H5_ITER_INC, note_dataset, &names));
  const std::string before = group == "/" ? "" : group + "/";
  State tables;
  for (const std::string& name : names) tables.emplace(before + name, read_dataset(top, name.c_str()));
  return tables;
}

} // namespace

void write_tables(const std::filesystem::path& file, const State& tables) {
  be_silent();
  std::string image;
  try {
    image = image_of(tables);
  } catch (const Failure&) {
    throw BackendError("HDF5 cannot make '" + file.string() + "'");
  }
  replace_file(file, image);
}

State read_tables(const std::filesystem::path& file, const std::string& group) {
  be_silent();
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw InputError(file.string() + ": cannot be read");
  std::string image{std::istreambuf_iterator<char>(stream), {}};
  try {
    return tables_in(image, group);
  } catch (const Failure&) {
    throw InputError(file.string() + ": is cut off or damaged");
  }
}

} // namespace kypho
