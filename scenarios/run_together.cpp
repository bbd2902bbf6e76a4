#include "scenarios/run_together.hpp"
#include "core/base/interrupt.hpp"
#include "scenarios/child_process.hpp"
#include <algorithm>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <list>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace kypho {
namespace {

using nlohmann::json;
constexpr std::string_view own_prefix = "kyphosim: ";
constexpr int poll_ms = 100;

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col - 1u : 100u;
}

/// One run on its way.
struct Active {
  std::size_t place;
  int threads;
  std::unique_ptr<ChildProcess> process;
  std::string last_words; ///< of what it says when it fails
};

std::vector<std::string> arguments_of(const PlannedRun& run, int threads, bool verbose) {
  std::vector<std::string> words{"run", run.case_file.string(),  "-o",        run.run_dir.string(),
                                 "-j",  std::to_string(threads), "--log-json"};
  if (run.resume) words.emplace_back("--resume");
  if (verbose) words.emplace_back("-v");
  return words;
}

void listen(Active& active, const PlannedRun& run, ProgressBoard& board) {
  for (const std::string& line : active.process->lines()) {
    if (line.starts_with(own_prefix)) active.last_words = line.substr(own_prefix.size());
    board.line(run.name, line);
  }
}

RunEnding ending_of(const Active& active) {
  const int code = *active.process->exit_code();
  if (code == 128 + SIGINT && active.last_words.empty()) return {code, "interrupted before it began"};
  if (code > 128 && active.last_words.empty())
    return {code, fmt::format("was ended by signal {} ({})", code - 128, strsignal(code - 128))};
  return {code, code == 0 ? "" : active.last_words};
}

} // namespace

void ProgressBoard::begin(const std::string& run) {
  running_[run] = State();
  running_[run].text = "begins";
  if (style_ == ProgressStyle::live) draw();
}

void ProgressBoard::line(const std::string& run, const std::string& line) {
  json message = json::parse(line, nullptr, false);
  if (style_ == ProgressStyle::none || !message.is_object()) return;
  if (style_ == ProgressStyle::json) {
    message["run"] = run;
    out_ << message.dump() << std::endl;
  } else if (const auto known = progress_of(message.dump())) {
    progress(run, *known);
  } else if (const std::string event = message.value("event", ""); event == "log") {
    const std::string level = message.value("level", "");
    if (verbose_ || level == "warning" || level == "error")
      say(run, fmt::format("{}: {}", level, message.value("message", "")));
  } else if (event == "phase") {
    running_[run].text = message.value("phase", "");
    if (style_ == ProgressStyle::live) draw();
  }
}

void ProgressBoard::progress(const std::string& run, Progress p) {
  State& state = running_[run];
  if (!state.fraction_at_start) state.fraction_at_start = p.fraction;
  // The time left is told from the part that this process does.
  p.fraction = (p.fraction - *state.fraction_at_start) / std::max(1e-9, 1 - *state.fraction_at_start);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - state.start;
  state.text = progress_text(p, elapsed.count());
  const std::string stage = fmt::format("{}[{}]", p.stage, p.ordinal);
  if (style_ == ProgressStyle::live)
    draw();
  else if (stage != state.stage)
    say(run, state.text);
  state.stage = stage;
}

void ProgressBoard::end(const std::string& run, const RunEnding& ending) {
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - running_[run].start;
  running_.erase(run);
  if (style_ == ProgressStyle::json || style_ == ProgressStyle::none) return;
  if (ending.exit_code == 0)
    say(run, fmt::format("done after {:.0f} s", elapsed.count()));
  else
    say(run, fmt::format("ended with exit code {}: {}", ending.exit_code, ending.reason));
}

void ProgressBoard::say(const std::string& run, const std::string& text) {
  clear();
  out_ << run << ": " << text << std::endl;
  if (style_ == ProgressStyle::live) draw();
}

void ProgressBoard::clear() {
  for (; drawn_ > 0; --drawn_) out_ << "\033[A\r\033[K";
}

void ProgressBoard::draw() {
  clear();
  std::size_t widest = 0;
  for (const auto& [run, state] : running_) widest = std::max(widest, run.size());
  for (const auto& [run, state] : running_) {
    // A line that wraps could not be taken off again.
    out_ << fmt::format("{:<{}}  {}", run, widest, state.text).substr(0, terminal_width()) << '\n';
    ++drawn_;
  }
  out_.flush();
}

std::vector<RunEnding> run_together(const std::vector<PlannedRun>& runs, int threads, int together, bool verbose,
                                    ProgressBoard& board) {
  std::vector<RunEnding> endings(runs.size());
  std::list<Active> active;
  std::size_t next = 0;
  int free_threads = threads;
  bool told = false;
  while (next < runs.size() || !active.empty()) {
    if (interrupt_requested() && !told) {
      for (const Active& each : active) each.process->interrupt();
      told = true;
      next = runs.size();
    }
    while (next < runs.size() && static_cast<int>(active.size()) < together) {
      const int places =
          std::min<int>(together - static_cast<int>(active.size()), static_cast<int>(runs.size() - next));
      const int share = std::max(1, free_threads / places);
      board.begin(runs[next].name);
      active.push_back({next, share, std::make_unique<ChildProcess>(arguments_of(runs[next], share, verbose)), ""});
      free_threads -= share;
      ++next;
    }
    std::vector<pollfd> waiting;
    for (const Active& each : active) waiting.push_back({each.process->descriptor(), POLLIN, 0});
    poll(waiting.data(), waiting.size(), poll_ms);
    for (auto each = active.begin(); each != active.end();) {
      const bool ended = each->process->exit_code().has_value(); // asked first, so that its last words are heard
      listen(*each, runs[each->place], board);
      if (!ended) {
        ++each;
        continue;
      }
      endings[each->place] = ending_of(*each);
      board.end(runs[each->place].name, endings[each->place]);
      free_threads += each->threads;
      each = active.erase(each);
    }
  }
  return endings;
}

} // namespace kypho
