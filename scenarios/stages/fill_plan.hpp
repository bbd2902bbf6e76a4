#pragma once
// How balloons are filled: a step at a time, all together or in turn. Each step is poured in within some seconds, against bone
// and wall that resist the rate, and then waited on while both give way. A balloon whose gauge reaches the limit takes no
// more before the next step.
#include <vector>

namespace kypho {

struct FillHabits {
  double step;       ///< mm3 at most
  double pour, wait; ///< seconds per step
  bool alternating;  ///< a step at a time in turn
};

class FillPlan {
public:
  /// @param start, asked volumes before and after, mm3 per balloon
  FillPlan(const FillHabits& habits, std::vector<double> start, std::vector<double> asked);

  /// Steps of all balloons together, or of one at a time, with some to spare for what pauses have left out.
  int turns() const { return turns_ + spare_; }
  /// Ramp over that of a filling without pauses and waits.
  double length() const;
  /// Share of the pseudo-time in which all is in, without pauses.
  double usual_end() const { return static_cast<double>(turns_) / turns(); }

  /// Volume that balloon @p k has at pseudo-time t in (0, 1], mm3.
  double volume(std::size_t k, double t) const;
  /// Share of the wait, 0 while a balloon is filled.
  double waited(double t) const;
  /// How fast bone beside the balloons is strained while they are filled, 1/s: what is crushed fills about two cavities.
  double pouring_rate(double t) const;

  void pause(std::size_t k, double volume);
  /// At the end of a turn. @return whether the balloon has taken next to nothing in it
  bool go_on(std::size_t k, double t);

private:
  struct Own {
    double start, asked, per_step;
    double lag = 0;   ///< left out so far, mm3
    double held = -1; ///< volume at which it waits for the next step; negative: it does not
    double last = 0;  ///< at the end of the turn before
  };
  /// Turn that t lies in, and the share of it that is over, in (0, 1].
  std::pair<int, double> turn_of(double t) const;
  double steps_of(std::size_t k, double t) const;
  bool active(std::size_t k, int turn) const;

  FillHabits habits_;
  std::vector<Own> balloons_;
  int sides_ = 1, turns_ = 1, spare_ = 0;
};

} // namespace kypho
