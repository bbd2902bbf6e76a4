#include "viz/detail/report_parts.hpp"

namespace kypho::detail {

std::string report_style() {
  return R"(<style>
:root { --ink: #1d2733; --soft: #5b6673; --line: #dfe4ea; --paper: #ffffff; --wash: #f3f5f7; --accent: #0b5c8f; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--wash); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", Arial, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 28px 32px 48px; background: var(--paper); }
header h1 { margin: 0 0 4px; font-size: 28px; line-height: 1.2; }
header p { margin: 2px 0; color: var(--soft); }
.disclaimer { margin: 16px 0; padding: 10px 14px; border-left: 4px solid #c65102; background: #fdf3ea; }
h2 { margin: 36px 0 12px; padding-bottom: 4px; border-bottom: 2px solid var(--line); font-size: 20px; }
h3 { margin: 20px 0 8px; font-size: 16px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(128px, 1fr)); gap: 10px; margin: 20px 0; }
.card { padding: 10px 12px; border: 1px solid var(--line); border-radius: 8px; }
.card b { display: block; font-size: 21px; font-weight: 600; color: var(--accent); font-variant-numeric: tabular-nums; }
.card span { font-size: 12.5px; color: var(--soft); }
.pictures { display: grid; grid-template-columns: 1fr 1fr; gap: 10px; }
figure { margin: 0; break-inside: avoid; }
figure img { width: 100%; display: block; border: 1px solid var(--line); border-radius: 6px; }
figcaption { font-size: 12.5px; color: var(--soft); margin: 2px 0 6px; }
.stage { break-inside: avoid; }
svg.plot { width: 100%; max-width: 1040px; height: auto; display: block; margin: 6px 0 14px; break-inside: avoid;
  font-family: inherit; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(460px, 1fr)); gap: 12px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
table.narrow { max-width: 420px; }
th, td { padding: 6px 10px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--soft); font-weight: 600; font-size: 12.5px; }
td.n, th.n { text-align: right; white-space: nowrap; }
tr.group td { background: var(--wash); font-weight: 600; }
tr { break-inside: avoid; }
small { color: var(--soft); font-size: 12.5px; }
.band { display: flex; gap: 10px; align-items: flex-start; margin-bottom: 3px; }
.band svg { flex: none; margin-top: 4px; }
.warnings li { margin: 4px 0; }
pre { font-size: 12px; background: var(--wash); padding: 12px; overflow-x: auto; }
.hash { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 12px; overflow-wrap: anywhere; }
@media (max-width: 760px) { .pictures, .plots { grid-template-columns: 1fr; } main { padding: 16px; } }
@media print {
  @page { size: A4; margin: 14mm; }
  body { background: none; font-size: 11pt; }
  main { max-width: none; padding: 0; }
  details { display: none; }
  h2 { break-after: avoid; }
}
</style>
)";
}

} // namespace kypho::detail
