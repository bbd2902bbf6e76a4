#pragma once
// Private to viz: the parts of report.html, each as HTML text, empty where the run has nothing to show.
#include "viz/run_folder.hpp"

namespace kypho::detail {

/// What the report is made from, read once.
struct ReportData {
  std::filesystem::path run_dir;
  Measures measures;
  std::vector<FrameInfo> frames;     ///< empty if the run left none
  Table history, force, temperature; ///< no rows if the files are missing
};

/// <style> of the page.
std::string report_style();
/// Pictures of every stage, and of the landmarks. Starts a display if needed; a note in their place if none can be had.
std::string picture_sections(const ReportData& data);
std::string heights_section(const ReportData& data);
std::string pressure_section(const ReportData& data);
std::string opening_section(const ReportData& data);
std::string load_section(const ReportData& data);
std::string temperature_section(const ReportData& data);
std::string stations_section(const ReportData& data);
std::string figures_section(const ReportData& data);
std::string key_figures(const ReportData& data);

/// <section> with a heading; empty if @p body is empty.
std::string section(const std::string& id, const std::string& heading, const std::string& body);
std::string base64(const std::string& bytes);

} // namespace kypho::detail
