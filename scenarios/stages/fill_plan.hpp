#pragma once
// How balloons are filled: a step at a time, all together or in turn. Each step is poured in within some seconds, against bone
// and wall that resist the rate, and then waited on while both give way. A balloon whose gauge reaches the limit takes no
// more before its next step.
#include <utility>
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
  /// Share of the turn's wait, 0 while it is poured.
  double waited(double t) const;
  /// How fast bone beside the balloons is strained by this turn's pouring, 1/s: what is crushed fills about two cavities. 0:
  /// nothing is poured.
  double pouring_rate(double t) const;
  /// Share of the volume that balloon @p k has that was poured in since its last turn.
  double fresh(std::size_t k, double t) const;

  /// The gauge has reached the limit: what balloon @p k has now is all until its next turn.
  void pause(std::size_t k, double t);
  /// It takes no more.
  void stop(std::size_t k, double t);
  /// At the end of a turn. @return whether it was balloon @p k's, which paused and has taken next to nothing
  bool gives_up(std::size_t k, double t);

private:
  struct Own {
    double start, asked, per_step;
    double last;      ///< at the end of its last turn, mm3
    double lag = 0;   ///< left out so far, mm3
    double held = -1; ///< volume at which it waits for its next turn; negative: it does not
    bool stopped = false;
  };
  /// Turn that t lies in, and the share of it that is over, in (0, 1].
  std::pair<int, double> turn_of(double t) const;
  double steps_of(std::size_t k, double t) const;
  bool has_turn(std::size_t k, int turn) const;

  FillHabits habits_;
  std::vector<Own> balloons_;
  int sides_ = 1, turns_ = 1, spare_ = 0;
};

} // namespace kypho
