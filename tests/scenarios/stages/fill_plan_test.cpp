// How balloons are filled step by step.
#include "scenarios/stages/fill_plan.hpp"

#include <gtest/gtest.h>

namespace kypho {
namespace {

constexpr FillHabits usual{250, 3, 20, false};

/// Pseudo-time at the end of a turn.
double end_of(const FillPlan& plan, double turn) { return turn / plan.turns(); }

TEST(fill_plan, all_is_in_after_steps_of_the_stated_size_at_most) {
  const FillPlan plan(usual, {150, 200}, {2400, 1200});
  for (int turn = 1; turn <= 9; ++turn) {
    EXPECT_NEAR(plan.volume(0, end_of(plan, turn)), 150 + 250 * turn, 1e-6);
    EXPECT_NEAR(plan.volume(1, end_of(plan, turn)), 200 + 1000.0 / 9 * turn, 1e-6);
  }
  EXPECT_NEAR(plan.usual_end(), end_of(plan, 9), 1e-12);
  EXPECT_EQ(plan.volume(0, 1), 2400) << "what is to spare adds nothing";
}

TEST(fill_plan, every_step_ends_with_a_wait_at_its_volume) {
  const FillPlan plan(usual, {150}, {2400});
  const double turn = end_of(plan, 1);
  EXPECT_EQ(plan.waited(0.5 * turn), 0);
  EXPECT_NEAR(plan.waited(0.95 * turn), 0.5, 1e-9);
  EXPECT_NEAR(plan.waited(turn), 1, 1e-9) << "the look at the end of a step is part of it";
  EXPECT_NEAR(plan.volume(0, 0.95 * turn), plan.volume(0, turn), 1e-9);
  EXPECT_EQ(plan.waited(1.01 * turn), 0);
}

// 250 mm3 in 3 s into a cavity of 1 mL: 83 mm3/s over 2 mL of bone that is crushed.
TEST(fill_plan, bone_is_strained_faster_while_the_cavity_is_small) {
  const FillPlan plan(usual, {150}, {2400});
  double before = 1;
  for (int turn = 1; turn <= 9; ++turn) {
    const double t = end_of(plan, turn), rate = plan.pouring_rate(t);
    EXPECT_NEAR(rate, 250 / 3.0 / (2 * plan.volume(0, t)), 1e-9);
    EXPECT_LT(rate, before);
    before = rate;
  }
}

TEST(fill_plan, in_turn_one_balloon_takes_its_step_after_the_other) {
  FillHabits habits = usual;
  habits.alternating = true;
  const FillPlan plan(habits, {150, 150}, {650, 650});
  EXPECT_NEAR(plan.volume(0, end_of(plan, 1)), 400, 1e-6);
  EXPECT_NEAR(plan.volume(1, end_of(plan, 1)), 150, 1e-6);
  EXPECT_NEAR(plan.volume(1, end_of(plan, 2)), 400, 1e-6);
  EXPECT_NEAR(plan.volume(0, end_of(plan, 3)), 650, 1e-6);
  EXPECT_NEAR(plan.volume(1, end_of(plan, 4)), 650, 1e-6);
}

TEST(fill_plan, a_balloon_at_the_limit_waits_for_its_next_turn_and_gives_up_when_that_brings_next_to_nothing) {
  FillPlan plan(usual, {150}, {2400});
  EXPECT_FALSE(plan.gives_up(0, end_of(plan, 1)));
  const double t = end_of(plan, 1) + 0.4 * end_of(plan, 1), held = plan.volume(0, t);
  plan.pause(0, t);
  EXPECT_EQ(plan.waited(t), 0) << "bone relaxes at the end of the turn, as ever";
  EXPECT_EQ(plan.volume(0, end_of(plan, 2)), held);
  EXPECT_FALSE(plan.gives_up(0, end_of(plan, 2))) << "nearly half of the step was taken";
  EXPECT_NEAR(plan.volume(0, end_of(plan, 3)), held + 250, 1e-6) << "it goes on from where it waited";
  EXPECT_FALSE(plan.gives_up(0, end_of(plan, 3)));
  plan.pause(0, end_of(plan, 3) + 0.02 * end_of(plan, 1));
  EXPECT_TRUE(plan.gives_up(0, end_of(plan, 4)));
}

TEST(fill_plan, in_the_turn_of_the_other_a_balloon_neither_pauses_nor_gives_up) {
  FillHabits habits = usual;
  habits.alternating = true;
  FillPlan plan(habits, {150, 150}, {900, 900});
  EXPECT_FALSE(plan.gives_up(0, end_of(plan, 1)));
  plan.pause(0, end_of(plan, 1.5));
  EXPECT_FALSE(plan.gives_up(0, end_of(plan, 2)));
  EXPECT_FALSE(plan.gives_up(1, end_of(plan, 2)));
  EXPECT_NEAR(plan.volume(0, end_of(plan, 3)), 650, 1e-6);
}

TEST(fill_plan, what_is_stopped_or_full_strains_nothing) {
  FillPlan plan(usual, {150, 150}, {2400, 2400});
  EXPECT_FALSE(plan.gives_up(0, end_of(plan, 1)));
  plan.stop(0, end_of(plan, 1));
  EXPECT_EQ(plan.volume(0, 1), plan.volume(0, end_of(plan, 1)));
  EXPECT_GT(plan.pouring_rate(end_of(plan, 2)), 0) << "the other goes on";
  plan.stop(1, end_of(plan, 2));
  EXPECT_EQ(plan.pouring_rate(end_of(plan, 3)), 0);
  EXPECT_EQ(plan.fresh(0, end_of(plan, 3)), 0);
}

TEST(fill_plan, what_was_poured_in_since_the_last_turn_is_fresh) {
  FillPlan plan(usual, {150}, {2400});
  EXPECT_NEAR(plan.fresh(0, end_of(plan, 1)), 250 / 400.0, 1e-9);
  EXPECT_FALSE(plan.gives_up(0, end_of(plan, 1)));
  EXPECT_NEAR(plan.fresh(0, end_of(plan, 2)), 250 / 650.0, 1e-9);
  EXPECT_LT(plan.fresh(0, end_of(plan, 1) * 1.01), 0.01) << "nothing jumps at its begin";
}

} // namespace
} // namespace kypho
