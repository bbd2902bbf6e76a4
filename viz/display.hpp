#pragma once
// VTK of the distributions draws through an X server, also off screen. This finds one or starts one.

namespace kypho {

/// Makes sure that DISPLAY names a server that answers. Where there is none, an own Xvfb is started once per process
/// on a free number and ended with the process. @throws BackendError saying what to install
void ensure_display();
/// True if DISPLAY names a server that answers and it is not the program's own.
bool has_user_display();

} // namespace kypho
