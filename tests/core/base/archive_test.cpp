#include "core/base/archive.hpp"
#include "core/base/errors.hpp"
#include <cmath>
#include <gmock/gmock.h>
#include <limits>

namespace kypho {
namespace {

using testing::HasSubstr;

enum class Kind : std::uint8_t { one = 1, two = 2 };

struct Part {
  std::string name;
  Vec3 place = Vec3::Zero();
  std::vector<int> nodes;
  std::optional<double> load;
  KYPHO_STATE(name, place, nodes, load)
};

struct Whole {
  double x = 0;
  long steps = 0;
  bool on = false;
  Kind kind = Kind::one;
  std::string text;
  VectorX u;
  std::vector<std::array<int, 4>> tets;
  std::vector<Kind> kinds;
  std::vector<Part> parts;
  std::map<std::string, Part> by_name;
  std::map<std::string, double> numbers;
  std::optional<Part> absent, present;
  std::unique_ptr<Part> owned;
  std::vector<std::string> names_;
  KYPHO_STATE(x, steps, on, kind, text, u, tets, kinds, parts, by_name, numbers, absent, present, owned, names_)
};

Whole example() {
  Whole w;
  w.x = 0.1 + 0.2;
  w.steps = 1L << 40;
  w.on = true;
  w.kind = Kind::two;
  w.text = "two\nlines";
  w.u = VectorX::LinSpaced(5, -1, 1);
  w.tets = {{1, 2, 3, 4}, {5, 6, 7, 8}};
  w.kinds = {Kind::two, Kind::one};
  w.parts = {{"a", Vec3(1, 2, 3), {1, 2}, 7.5}, {"b", Vec3(4, 5, 6), {}, {}}, {"", Vec3::Zero(), {3}, -0.0}};
  w.by_name = {{"left", {"l", Vec3::UnitX(), {9}, {}}}};
  w.numbers = {{"pi", 3.14}};
  w.present = Part{"p", Vec3::UnitZ(), {}, 1};
  w.owned = std::make_unique<Part>();
  w.names_ = {"x", ""};
  return w;
}

State written(Whole& whole) {
  Archive archive;
  whole.visit(archive);
  return archive.tables();
}

Whole read(const State& state) {
  Archive archive(state);
  Whole whole;
  whole.visit(archive);
  archive.expect_all_read();
  return whole;
}

template <class Action>
std::string message_of(Action&& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

} // namespace

TEST(Archive, GivesEveryKindOfValueBackBitForBit) {
  Whole one = example();
  const State state = written(one);
  Whole two = read(state);
  EXPECT_EQ(written(two), state);
  EXPECT_EQ(two.x, 0.1 + 0.2);
  EXPECT_EQ(two.parts[1].name, "b");
  EXPECT_FALSE(two.parts[1].load);
  EXPECT_TRUE(std::signbit(*two.parts[2].load));
  EXPECT_EQ(two.by_name.at("left").nodes, std::vector<int>{9});
  EXPECT_FALSE(two.absent);
  ASSERT_TRUE(two.owned);
}

TEST(Archive, KeepsNumbersThatAreNone) {
  Whole one = example();
  one.u[2] = std::numeric_limits<double>::quiet_NaN();
  one.x = std::numeric_limits<double>::infinity();
  const Whole two = read(written(one));
  EXPECT_TRUE(std::isnan(two.u[2]));
  EXPECT_EQ(two.x, one.x);
}

TEST(Archive, WhatIsReadReplacesWhatWasThere) {
  Whole one = example(), empty;
  Archive archive(written(empty));
  one.visit(archive);
  EXPECT_TRUE(one.parts.empty());
  EXPECT_TRUE(one.by_name.empty());
  EXPECT_FALSE(one.present);
  EXPECT_FALSE(one.owned);
}

TEST(Archive, ElementsOfAListShareTheirTables) {
  Whole one = example();
  const State state = written(one);
  EXPECT_EQ(std::get<Rows<double>>(state.at("parts/place")), (Rows<double>{3, {1, 2, 3, 4, 5, 6, 0, 0, 0}}));
  EXPECT_EQ(std::get<Rows<std::int64_t>>(state.at("parts/nodes_count")).values, (std::vector<std::int64_t>{2, 0, 1}));
  EXPECT_EQ(std::get<Rows<std::int64_t>>(state.at("tets")).width, 4);
  EXPECT_TRUE(state.contains("names")) << "a member's trailing underscore is dropped";
}

TEST(Archive, AMissingShortOrForeignTableIsNamed) {
  Whole one = example();
  const State whole = written(one);
  State state = whole;
  state.erase("parts/place");
  EXPECT_THAT(message_of([&] { read(state); }), HasSubstr("no table 'parts/place'"));
  state = whole;
  std::get<Rows<double>>(state.at("parts/place")).values.pop_back();
  EXPECT_THAT(message_of([&] { read(state); }), HasSubstr("too little in its table 'parts/place'"));
  state = whole;
  state["x"] = Rows<std::int64_t>{1, {3}};
  EXPECT_THAT(message_of([&] { read(state); }), HasSubstr("another kind of table 'x'"));
  state = whole;
  state["y"] = Rows<double>{1, {3}};
  EXPECT_THAT(message_of([&] { read(state); }), HasSubstr("table 'y'"));
}

} // namespace kypho
