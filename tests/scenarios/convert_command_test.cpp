// `kyphosim convert`, by the real program.
#include "tests/scenarios/scratch.hpp"
#include <gmock/gmock.h>

using namespace kypho::test;
using testing::AllOf;
using testing::HasSubstr;

namespace {

const char* const one_tetrahedron = "*NODE\n1, 0, 0, 0\n2, 1, 0, 0\n3, 0, 1, 0\n4, 0, 0, 1\n"
                                    "*ELEMENT, TYPE=C3D4, ELSET=bone\n1, 1, 2, 3, 4\n*NSET, NSET=foot\n1, 2, 3\n";

} // namespace

TEST(convert_command, writes_the_model_in_the_other_format_and_says_what_it_wrote) {
  const Scratch scratch;
  scratch.write("a.inp", one_tetrahedron);
  const Outcome outcome = kyphosim(scratch.dir(), "convert a.inp b.msh");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "b.msh: 4 nodes, 1 elements, 1 sets of nodes, 1 sets of elements, 0 surfaces, 0 steps\n");
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(read_file(scratch.dir() / "b.msh"), HasSubstr("0 1 \"foot\""));
}

TEST(convert_command, warns_of_what_the_target_cannot_hold) {
  const Scratch scratch;
  scratch.write("a.inp", std::string(one_tetrahedron) + "*MATERIAL, NAME=m\n*ELASTIC\n1, 0.3\n");
  const Outcome outcome = kyphosim(scratch.dir(), "convert a.inp b.vtu");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "warning: b.vtu: materials are not written, .vtu files hold the mesh and its sets only\n");
}

TEST(convert_command, refuses_bad_input_and_unknown_endings_in_one_line_and_writes_nothing) {
  const Scratch scratch;
  scratch.write("a.inp", std::string(one_tetrahedron) + "*GLUE\n");
  const Outcome bad = kyphosim(scratch.dir(), "convert a.inp b.msh");
  EXPECT_EQ(bad.code, 2);
  EXPECT_THAT(bad.err, HasSubstr("kyphosim: a.inp:10: *GLUE: this keyword is not read"));
  const Outcome unknown = kyphosim(scratch.dir(), "convert a.inp b.obj");
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, AllOf(HasSubstr("b.obj"), HasSubstr("allowed .inp (Abaqus, CalculiX), .feb (FEBio)")));
  EXPECT_FALSE(fs::exists(scratch.dir() / "b.msh"));
}
