#pragma once
// The lines of an Abaqus or CalculiX input file: comments and blank lines left out, *INCLUDE followed, keyword lines
// joined where they end with a comma, upper and lower case alike.
#include "mesh/fe_builder.hpp"
#include <deque>

namespace kypho {

struct InpLine {
  struct Option {
    std::string key;        ///< in upper case
    std::string_view value; ///< without quotes; empty if none was given
  };
  InputPlace place;
  bool keyword = false;
  std::string name;                     ///< of a keyword: "*SOLID SECTION"
  std::vector<Option> options;          ///< of a keyword
  std::vector<std::string_view> fields; ///< of a data line, trimmed
  bool open = false;                    ///< a data line that ends with a comma
};

/// What the readers of keywords share: messages that name file, line and keyword.
class InpKeyword {
public:
  InpKeyword(const FeBuilder& builder, InpLine line) : builder_(builder), line_(std::move(line)) {}
  const std::string& name() const { return line_.name; }
  InputPlace place() const { return line_.place; }
  /// @throws InputError for an option that is not in the list
  void allow(std::initializer_list<std::string_view> options) const;
  bool has(std::string_view option) const;
  /// Of an option; empty if it is not there.
  std::string_view value(std::string_view option) const;
  /// @throws InputError if it is not there
  std::string_view required(std::string_view option) const;
  /// @throws InputError for another number of fields in a data line
  void count(const InpLine& data, std::size_t least, std::size_t most, std::string_view what) const;
  int integer(const InpLine& data, std::size_t field, std::string_view what) const;
  double real(const InpLine& data, std::size_t field, std::string_view what) const;
  /// @p fallback for a field that is empty or missing
  double real_or(const InpLine& data, std::size_t field, std::string_view what, double fallback) const;
  [[noreturn]] void refuse(InputPlace place, std::string_view what) const;

private:
  const FeBuilder& builder_;
  InpLine line_;
};

class InpLines {
public:
  InpLines(const std::filesystem::path& file, FeBuilder& builder);
  /// The next keyword line, with *INCLUDE already followed; false at the end.
  /// @throws InputError if a data line stands where a keyword is due
  bool next_keyword(InpLine& line);
  /// The next data line; false if a keyword or the end comes first.
  bool next_data(InpLine& line);

private:
  struct Source {
    std::filesystem::path path;
    std::string_view rest;
    InputPlace place;
  };
  void open(const std::filesystem::path& file, InputPlace named_at);
  bool next_raw(std::string_view& text, InputPlace& place);
  bool advance();
  void include(const std::filesystem::path& folder);

  FeBuilder& builder_;
  std::deque<std::string> texts_; ///< the lines are views into them
  std::vector<Source> sources_;
  InpLine ahead_;
  bool ready_ = false;
};

} // namespace kypho
