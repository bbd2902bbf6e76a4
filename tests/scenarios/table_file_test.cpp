#include "core/base/errors.hpp"
#include "scenarios/table_file.hpp"
#include "tests/scenarios/scratch.hpp"

using namespace kypho;
using namespace kypho::test;

namespace {

State example() {
  Rows<double> many{3, {}};
  for (int k = 0; k < 3 * 40000; ++k) many.values.push_back(std::sin(k));
  return {{"model/mesh/nodes", many},
          {"model/regions", Rows<std::int64_t>{1, {1, -2, 1L << 40}}},
          {"model/none", Rows<double>{2, {}}},
          {"names", Rows<std::string>{1, {"left", "", "two\nlines"}}},
          {"no_names", Rows<std::string>{1, {}}},
          {"x", Rows<double>{1, {-0.0}}}};
}

} // namespace

TEST(table_file, gives_the_tables_back_bit_for_bit) {
  const Scratch scratch;
  write_tables(scratch.dir() / "a.h5", example());
  EXPECT_EQ(read_tables(scratch.dir() / "a.h5"), example());
  EXPECT_TRUE(std::signbit(std::get<Rows<double>>(read_tables(scratch.dir() / "a.h5").at("x")).values[0]));
}

TEST(table_file, the_same_tables_give_the_same_bytes) {
  const Scratch scratch;
  write_tables(scratch.dir() / "a.h5", example());
  sleep(1);
  write_tables(scratch.dir() / "b.h5", example());
  EXPECT_EQ(read_file(scratch.dir() / "a.h5"), read_file(scratch.dir() / "b.h5"));
}

TEST(table_file, one_group_can_be_read_alone) {
  const Scratch scratch;
  write_tables(scratch.dir() / "a.h5", example());
  const State state = read_tables(scratch.dir() / "a.h5", "model");
  EXPECT_EQ(state.size(), 3u);
  EXPECT_EQ(state.at("model/regions"), example().at("model/regions"));
}

TEST(table_file, a_file_that_is_cut_off_changed_or_of_another_kind_is_refused_with_its_name) {
  const Scratch scratch;
  write_tables(scratch.dir() / "a.h5", example());
  const std::string whole = read_file(scratch.dir() / "a.h5");
  std::string changed = whole;
  changed[whole.size() / 2] ^= 1;
  for (const std::string& bytes :
       {whole.substr(0, whole.size() - 1), whole.substr(0, 100), changed, std::string("text"), std::string()}) {
    const fs::path file = scratch.write("broken.h5", bytes);
    try {
      read_tables(file);
      ADD_FAILURE() << bytes.size() << " bytes were read";
    } catch (const InputError& error) {
      EXPECT_EQ(error.what(), file.string() + ": is cut off or damaged");
    }
  }
  EXPECT_THROW(read_tables(scratch.dir() / "none.h5"), InputError);
  EXPECT_THROW(read_tables(scratch.dir() / "a.h5", "other"), InputError);
}

TEST(table_file, a_folder_that_takes_no_file_is_a_limit) {
  EXPECT_THROW(write_tables("/proc/nowhere/a.h5", example()), LimitReached);
}
