#pragma once
// Ctrl-C as a question that long loops ask, so that a run ends between two steps with everything written.

namespace kypho {

/// From now on the first SIGINT or SIGTERM only sets the flag; a second one ends the program at once.
void catch_interrupts();
/// True after a signal or request_interrupt(). Cheap: one relaxed atomic load.
bool interrupt_requested() noexcept;
void request_interrupt() noexcept;
void clear_interrupt() noexcept;

} // namespace kypho
