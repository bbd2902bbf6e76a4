// A run that is taken up from the state after any of its stages goes on as if it had not been broken off.
#include "core/base/errors.hpp"
#include "scenarios/measures_json.hpp"
#include "scenarios/run.hpp"
#include "scenarios/run_folder.hpp"
#include "tests/scenarios/scratch.hpp"

using namespace kypho;
using namespace kypho::test;

namespace {

/// Channels are drilled, so that the mesh changes on the way; steps are few: the figures need not be good.
const std::string chain = "title = \"resume\"\n[mesh]\nedge_length = \"4.5 mm\"\nposterior_edge_length = \"5 mm\"\n"
                          "cavity_edge_length = \"2 mm\"\n[solver]\nsteps = 600\nhold_steps = 1000\nbalance = 0.01\n"
                          "[[stage]]\nkind = \"posture\"\n[[stage]]\nkind = \"access\"\n"
                          "[[stage]]\nkind = \"inflate\"\neffort = 0.2\n[[stage]]\nkind = \"deflate\"\neffort = 0.2\n";

/// What a run hands out, as far as it may not depend on where it was taken up.
struct Recorder : ResultSink {
  std::vector<std::string> frames; ///< stage, pseudo-time and a sum of every field, bit for bit
  void frame(const Frame& frame) override {
    double sum = 0;
    for (const Vec3& x : *frame.positions) sum += x.dot(Vec3(1, 2, 3));
    for (const auto* fields : {&frame.node_fields, &frame.tet_fields, &frame.facet_fields})
      for (const Field& field : *fields)
        for (std::size_t k = 0; k < field.values.size(); ++k) sum += field.values[k] * static_cast<double>(k % 7);
    for (const auto& [name, value] : frame.scalars) sum += value;
    char text[100];
    std::snprintf(text, sizeof text, "%d %s %a %a", frame.stage_index, frame.stage.c_str(), frame.pseudo_time, sum);
    frames.emplace_back(text);
  }
};

struct Outcomes {
  Measures measures;
  Recorder recorder;
  std::map<int, State> states; ///< by number of stages done, measures in them
};

/// @param from a state with its measures; null: from the start
Outcomes outcomes_of(const Scenario& scenario, int stages_done = 0, const State* from = nullptr) {
  Outcomes all;
  RunHooks hooks;
  hooks.checkpoint = [&](int done, Archive& archive) {
    archive("measures", all.measures);
    all.states[done] = archive.tables();
  };
  if (!from) {
    run(scenario, all.recorder, hooks, 2, all.measures);
    return all;
  }
  Restart restart{stages_done, Archive(*from)};
  restart.state("measures", all.measures);
  run(scenario, all.recorder, hooks, 1, all.measures, &restart);
  return all;
}

/// Without what may differ between two runs.
std::string comparable(Measures measures, const Scenario& scenario) {
  measures.run.threads = 0;
  measures.run.wall_s = measures.run.peak_memory_mb = 0;
  for (StageCost& stage : measures.run.stages) stage.wall_s = stage.linear_s = stage.assembly_s = 0;
  return measures_json(measures, scenario);
}

State without_cost(State state) {
  for (const char* cost :
       {"threads", "wall_s", "peak_memory_mb", "stages/wall_s", "stages/linear_s", "stages/assembly_s"})
    state.erase(std::string("measures/run/") + cost);
  return state;
}

} // namespace

TEST(resumed_run, gives_the_same_bits_after_every_stage) {
  const Scratch scratch;
  const Scenario scenario = Scenario::read(scratch.write("case.toml", chain));
  const Outcomes whole = outcomes_of(scenario);
  ASSERT_EQ(whole.states.size(), scenario.stages.size());
  for (int k = 1; k <= static_cast<int>(scenario.stages.size()); ++k) {
    const Outcomes part = outcomes_of(scenario, k, &whole.states.at(k));
    EXPECT_EQ(comparable(part.measures, scenario), comparable(whole.measures, scenario)) << "after stage " << k;
    const auto& frames = whole.recorder.frames;
    std::vector<std::string> rest;
    for (const std::string& frame : frames)
      if (std::stoi(frame) >= k) rest.push_back(frame);
    EXPECT_EQ(part.recorder.frames, rest) << "after stage " << k;
    for (const auto& [done, state] : part.states)
      EXPECT_TRUE(without_cost(state) == without_cost(whole.states.at(done))) << "from " << k << ", after " << done;
  }
}

TEST(resumed_run, a_state_of_another_form_is_refused_before_anything_begins) {
  const Scratch scratch;
  const Scenario scenario = Scenario::read(scratch.write("case.toml", chain));
  Recorder recorder;
  Measures measures;
  RunHooks hooks;
  hooks.begin = [] { ADD_FAILURE() << "the folder would have been touched"; };
  Restart restart{1, Archive(State{{"model/mesh/nodes", Rows<double>{3, {0, 0, 0}}}})};
  EXPECT_THROW(run(scenario, recorder, hooks, 1, measures, &restart), InputError);
}

TEST(resumed_run, history_goes_on_as_if_it_had_not_been_broken_off) {
  const Scratch scratch;
  const auto frame = [](const char* stage, std::map<std::string, double> scalars) {
    Frame f;
    f.stage = stage;
    f.scalars = std::move(scalars);
    return f;
  };
  HistoryWriter whole(scratch.dir() / "whole.csv"), first(scratch.dir() / "part.csv"),
      second(scratch.dir() / "part.csv");
  for (HistoryWriter* history : {&whole, &first}) history->frame(frame("load", {{"b", 0.1}}));
  Archive written;
  first.visit(written);
  first.frame(frame("posture", {{"broken_off", 1}}));
  first.flush();
  Archive read(written.tables());
  second.visit(read);
  for (HistoryWriter* history : {&whole, &second}) {
    history->frame(frame("posture", {{"a", 1.0 / 3}}));
    history->flush();
  }
  EXPECT_EQ(read_file(scratch.dir() / "part.csv"), read_file(scratch.dir() / "whole.csv"));
}
