#pragma once
// The state of a run as named tables, written and read by one and the same function:
//
//   struct Tie { int node; Vec3 arm; KYPHO_STATE(node, arm) };          members by their names
//   void PlatenTerm::visit(Archive& a) { KYPHO_VISIT(a, load, ties_); } the same where more is to be done
//
// Numbers, texts, enumerations and small fixed arrays fill one row of the table that bears the member's path,
// "upper/ties/arm"; a vector of them fills many. The elements of a list of structures share their tables, one below the
// other, so a state of any size is a few dozen tables. "x_count" holds the length where it is not the table's own.
#include "core/base/types.hpp"
#include <concepts>
#include <map>
#include <memory>
#include <optional>
#include <variant>

namespace kypho {

template <class T>
struct Rows {
  int width = 1; ///< values per row
  std::vector<T> values;
  bool operator==(const Rows&) const = default;
};
using StateTable = std::variant<Rows<double>, Rows<std::int64_t>, Rows<std::string>>;
using State = std::map<std::string, StateTable, std::less<>>;

/// What fills a part of one row.
template <class T>
concept Scalar = std::is_arithmetic_v<T> || std::is_enum_v<T> || std::same_as<T, std::string>;
template <class T>
inline constexpr int row_width = Scalar<T> ? 1 : 0;
template <class T, std::size_t N>
inline constexpr int row_width<std::array<T, N>> = Scalar<T> ? int(N) : 0;
template <int R, int C>
inline constexpr int row_width<Eigen::Matrix<double, R, C>> = R > 0 && C > 0 ? R* C : 0;
template <class T>
concept Row = row_width<T> >
0;

class Archive {
public:
  Archive() = default; ///< writes
  explicit Archive(State tables) : tables_(std::move(tables)), reading_(true) {}
  bool reading() const { return reading_; }
  const State& tables() const { return tables_; }
  /// @throws InputError if anything was not read: the tables are those of another version of the program
  void expect_all_read() const;

  /// Writes @p value under @p name, or reads it. @throws InputError for a table that is missing or of another form
  template <class T>
  void operator()(std::string_view name, T& value) {
    section(name, [&] { item(value); });
  }
  /// What @p inside visits comes under @p name.
  template <class Inside>
  void section(std::string_view name, Inside&& inside) {
    const std::size_t outer = path_.size();
    if (outer > 0) path_ += '/';
    path_ += name;
    inside();
    path_.resize(outer);
  }
  /// @param names of the values, with commas between; a trailing '_' is dropped
  template <class... T>
  void members(std::string_view names, T&... values) {
    ((*this)(next_name(names), values), ...);
  }
  /// A list whose elements need more than themselves to be made. @param visit called with each element
  template <class T, class Visit>
  void list(std::string_view name, std::vector<T>& values, Visit&& visit) {
    section(name, [&] {
      values.resize(counted(values.size()));
      ++depth_;
      for (T& value : values) visit(value);
      --depth_;
    });
  }
  /// Numbers in rows of @p width.
  void matrix(std::string_view name, std::vector<double>& values, int width);

private:
  template <class T>
  using Stored = std::conditional_t<std::same_as<T, std::string>, std::string,
                                    std::conditional_t<std::floating_point<T>, double, std::int64_t>>;

  template <class T>
  void item(T& x) {
    if constexpr (Row<T>)
      rows(&x, 1);
    else if constexpr (requires { series(x); })
      series(x);
    else
      x.visit(*this);
  }
  template <Row T>
  void series(std::vector<T>& x) {
    x.resize(length(x.size(), row_width<T>));
    rows(x.data(), x.size());
  }
  void series(VectorX& x) {
    x.resize(static_cast<Eigen::Index>(length(x.size(), 1)));
    rows(x.data(), static_cast<std::size_t>(x.size()));
  }
  template <class T>
  void series(std::vector<T>& x) {
    x.resize(counted(x.size()));
    ++depth_;
    for (T& value : x) item(value);
    --depth_;
  }
  template <class T>
  void series(std::optional<T>& x) {
    if (counted(x.has_value()) == 0) return x.reset();
    if (!x) x.emplace();
    one(*x);
  }
  template <class T>
  void series(std::unique_ptr<T>& x) {
    if (counted(x != nullptr) == 0) return x.reset();
    if (!x) x = std::make_unique<T>();
    one(*x);
  }
  template <class T>
  void series(std::map<std::string, T>& x) {
    std::vector<std::pair<std::string, T>> pairs(x.begin(), x.end());
    pairs.resize(counted(x.size()));
    ++depth_;
    for (auto& [key, value] : pairs) members("key,value", key, value);
    --depth_;
    if (reading_) x = {pairs.begin(), pairs.end()};
  }
  template <class T>
  void one(T& x) {
    ++depth_;
    item(x);
    --depth_;
  }

  template <class T>
  static auto& entry(T& x, int k) {
    if constexpr (Scalar<T>)
      return x;
    else
      return x.data()[k];
  }
  template <class T>
  void rows(T* x, std::size_t count) {
    using Value = std::remove_reference_t<decltype(entry(*x, 0))>;
    constexpr int width = row_width<T>;
    auto* stored = place<Stored<Value>>(width, count);
    for (std::size_t i = 0; i < count; ++i)
      for (int k = 0; k < width; ++k, ++stored) {
        if (reading_)
          entry(x[i], k) = static_cast<Value>(*stored);
        else
          *stored = static_cast<Stored<Value>>(entry(x[i], k));
      }
  }
  /// Where the next @p count rows of the table at path_ lie; they are counted as read, or appended.
  template <class S>
  S* place(int width, std::size_t count);
  /// Length of a vector of rows: what the table holds, or, within a list, what its count says.
  std::size_t length(std::size_t own, int width);
  std::size_t counted(std::size_t own);
  static std::string_view next_name(std::string_view& names);

  State tables_;
  std::map<std::string, std::size_t, std::less<>> read_; ///< values taken of each table
  std::string path_;
  int depth_ = 0; ///< of lists around the present item
  bool reading_ = false;
};

} // namespace kypho

#define KYPHO_VISIT(archive, ...) (archive).members(#__VA_ARGS__, __VA_ARGS__)
#define KYPHO_STATE(...)                                                                                               \
  void visit(::kypho::Archive& archive) { KYPHO_VISIT(archive, __VA_ARGS__); }
