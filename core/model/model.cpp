#include "core/model/model.hpp"

#include "core/base/errors.hpp"
#include "core/devices/balloon_wall.hpp"
#include "core/devices/implant.hpp"

#include <Eigen/LU>
#include <algorithm>
#include <map>

namespace kypho {
namespace {

std::vector<std::shared_ptr<const Material>> bulk_laws(const Tissues& t) {
  return {t.trabecular, t.posterior, t.cement};
}

/// @param set the cement in the pores of bone has set, and the bone there carries no more
std::vector<int> law_of_tets(const TetMesh& mesh, bool set = false) {
  std::vector<int> law(mesh.tets.size(), -1);
  for (std::size_t t = 0; t < law.size(); ++t) switch (mesh.region[t]) {
    case Region::outside: break;
    case Region::body: law[t] = 0; break;
    case Region::posterior: law[t] = 1; break;
    case Region::cement: law[t] = 2; break;
    case Region::composite: law[t] = set ? 2 : 0; break;
    }
  return law;
}

std::vector<std::shared_ptr<const ShellLaw>> shell_laws(const Tissues& t) {
  return {t.cortex, t.endplate, t.posterior_cortex};
}

std::vector<int> law_of_facets(const TetMesh& mesh) {
  std::vector<int> law(mesh.facets.size(), -1);
  for (std::size_t f = 0; f < law.size(); ++f) switch (mesh.facets[f].surface) {
    case Surface::cortex: law[f] = 0; break;
    case Surface::upper_endplate:
    case Surface::lower_endplate: law[f] = 1; break;
    case Surface::posterior_cortex: law[f] = 2; break;
    case Surface::cavity_left:
    case Surface::cavity_right: break;
    }
  return law;
}

std::vector<ShellBending> plates_of(const TetMesh& mesh, const ShellTerm& shell) {
  std::vector<ShellBending> plates(mesh.facets.size());
  for (int f = 0; f < static_cast<int>(plates.size()); ++f)
    if (const ShellLaw* law = shell.law(f)) plates[f] = law->bending();
  return plates;
}

/// The state of each new point is that of the old facet it comes from, seen from its own basis.
void carry_over_shell(const Model& old, const std::vector<int>& facet_source, ShellTerm& shell) {
  for (int f = 0; f < static_cast<int>(facet_source.size()); ++f) {
    const int s = facet_source[f];
    if (s < 0 || !shell.law(f) || old.shell->law(s) != shell.law(f)) continue;
    // The old basis carried along by the rotation of F, seen in the plane of the new facet.
    const Eigen::Matrix<double, 3, 2> F = old.shell->deformation(s, old.system.u);
    Eigen::Matrix2d U = F.transpose() * F;
    const double d = std::sqrt(std::max(1e-12, U.determinant()));
    U = (U + d * Eigen::Matrix2d::Identity()) / std::sqrt(U.trace() + 2 * d);
    for (int q = 0; q < shell.points(f); ++q) {
      Eigen::Matrix2d Q = shell.basis(f, q).transpose() * (F * U.inverse());
      const double angle = std::atan2(Q(1, 0) - Q(0, 1), Q(0, 0) + Q(1, 1)); // nearest rotation in the plane
      Q << std::cos(angle), -std::sin(angle), std::sin(angle), std::cos(angle);
      VectorX h = old.shell->history(s);
      shell.law(f)->change_reference(F, Q, h);
      shell.set_history(f, h, q);
    }
  }
}

/// A share of what resists at each node: the penalty then gives way by a small share of an element before the bone crushes.
std::vector<double> contact_stiffness(const BulkTerm& bulk, const TetMesh& mesh, int unknowns) {
  constexpr double share = 0.25;
  VectorX rows = VectorX::Zero(unknowns);
  bulk.add_stiffness_rows(VectorX::Zero(unknowns), rows);
  std::vector<double> k(mesh.nodes.size());
  for (std::size_t n = 0; n < k.size(); ++n) k[n] = share * rows.segment<3>(3 * n).maxCoeff();
  return k;
}

/// Hinges between facets that were neighbours before keep their bending; new ones within a facet are unbent.
void carry_over_hinges(const Model& old, const std::vector<int>& facet_source, HingeTerm& hinges) {
  std::map<std::pair<int, int>, int> before;
  for (int h = 0; h < old.hinges->size(); ++h) {
    const auto [f, g] = old.hinges->facets(h);
    before[std::minmax(f, g)] = h;
  }
  for (int h = 0; h < hinges.size(); ++h) {
    const auto [f, g] = hinges.facets(h);
    const auto found = before.find(std::minmax(facet_source[f], facet_source[g]));
    if (found == before.end()) continue;
    hinges.set_state(h, old.hinges->elastic(found->second, old.system.u), old.hinges->broken(found->second));
  }
}

} // namespace

void Balloon::put_on_wall(const TetMesh& mesh) {
  std::vector<int> law(mesh.facets.size(), -1);
  for (const int f : fluid->facets()) law[f] = 0;
  std::vector<std::shared_ptr<const ShellLaw>> laws{make_balloon_wall(wall_tension, locking_stretch)};
  // The balloon reaches parts of faces, and its pressure and volume are those of flat triangles: so is its wall.
  wall = std::make_unique<ShellTerm>(mesh, std::move(laws), law, ShellTerm::Faces::split);
  wall->device = true;
  if (stent_tension == 0) return;
  stent = std::make_unique<ShellTerm>(
      mesh, std::vector<std::shared_ptr<const ShellLaw>>{make_stent_wall(stent_tension, stent_stiffness)}, law,
      ShellTerm::Faces::split);
  stent->device = true;
}

void Balloon::visit(Archive& archive, const TetMesh& mesh) {
  KYPHO_VISIT(archive, device, side, max_pressure, start, wall_tension, locking_stretch, stent_tension, stent_stiffness,
              stays_full, emptied, stopped_by);
  if (archive.reading()) fluid = std::make_unique<BalloonTerm>(mesh);
  archive("fluid", *fluid);
  if (archive.reading()) put_on_wall(mesh);
  archive("wall", *wall);
  if (stent) archive("stent", *stent);
}

void Expander::visit(Archive& archive, const TetMesh& mesh) {
  KYPHO_VISIT(archive, device, side, opened, stopped_by);
  if (archive.reading()) term = std::make_unique<ExpanderTerm>(mesh);
  archive("term", *term);
}

Model::Model(TetMesh mesh, Landmarks landmarks, Tissues tissues, std::vector<PointData> points)
    : mesh_(std::move(mesh)), landmarks_(std::move(landmarks)), tissues_(std::move(tissues)),
      gauge_(mesh_, landmarks_) {
  const int unknowns = upper_unknown() + 3;
  system.u.setZero(unknowns);
  system.v.setZero(unknowns);
  system.fixed.assign(unknowns, 0);
  for (int k = lower_unknown(); k < unknowns; ++k) system.fixed[k] = 1;
  bulk = std::make_unique<BulkTerm>(mesh_, bulk_laws(tissues_), law_of_tets(mesh_), std::move(points));
  shell = std::make_unique<ShellTerm>(mesh_, shell_laws(tissues_), law_of_facets(mesh_));
  hinges = std::make_unique<HingeTerm>(mesh_, plates_of(mesh_, *shell));
  if (tissues_.self_contact)
    self_contact =
        std::make_unique<SelfContactTerm>(mesh_, contact_stiffness(*bulk, mesh_, unknowns), tissues_.friction);
  connect();
}

std::unique_ptr<Model> make_model(TetMesh mesh, Landmarks landmarks, Tissues tissues) {
  std::vector<PointData> points(mesh.tets.size());
  for (std::size_t t = 0; t < points.size(); ++t) points[t].bmd = mesh.bmd[t];
  return std::make_unique<Model>(std::move(mesh), std::move(landmarks), std::move(tissues), std::move(points));
}

std::vector<Vec3> Model::positions() const {
  std::vector<Vec3> x(mesh_.nodes);
  for (std::size_t n = 0; n < x.size(); ++n) x[n] += system.u.segment<3>(3 * n);
  return x;
}

Station Model::station() const {
  Station s = gauge_.read(positions());
  if (upper) s.axial_load_n = upper->reaction();
  return s;
}

void Model::put_on_platens(double kn, double kt, bool central_only) {
  system.u.tail(6).setZero();
  system.v.tail(6).setZero();
  const std::vector<Vec3> x = positions();
  lower = std::make_unique<PlatenTerm>(mesh_, x, Surface::lower_endplate, kn, kt, lower_unknown(), central_only);
  upper = std::make_unique<PlatenTerm>(mesh_, x, Surface::upper_endplate, kn, kt, upper_unknown(), central_only);
  hold_upper_platen(true);
  connect();
}

void Model::take_off_platens() {
  lower.reset();
  upper.reset();
  hold_upper_platen(true);
  connect();
}

void Model::carry_over_platens(const Model& old) {
  if (!old.upper) return;
  const std::vector<Vec3> x = positions();
  lower = std::make_unique<PlatenTerm>(*old.lower, old.system.u, mesh_, x, Surface::lower_endplate, lower_unknown());
  upper = std::make_unique<PlatenTerm>(*old.upper, old.system.u, mesh_, x, Surface::upper_endplate, upper_unknown());
  for (int k = 0; k < 3; ++k) system.fixed[upper_unknown() + k] = old.system.fixed[old.upper_unknown() + k];
  connect();
}

void Model::let_cement_set(const std::vector<double>& conversion) {
  std::vector<PointData> points;
  const int per_tet = bulk->points_per_tet();
  const auto sets = [&](int t) { return mesh_.region[t] == Region::cement || mesh_.region[t] == Region::composite; };
  for (int t = 0; t < static_cast<int>(mesh_.tets.size()); ++t)
    for (int q = 0; q < per_tet; ++q) {
      points.push_back(bulk->point(t, q));
      if (!sets(t)) continue;
      points.back().conversion = conversion[t];
      points.back().volume_ratio = 1; // the cement forms in the present size
    }
  auto fresh = std::make_unique<BulkTerm>(mesh_, bulk_laws(tissues_), law_of_tets(mesh_, true), std::move(points));
  for (int t = 0; t < static_cast<int>(mesh_.tets.size()); ++t) {
    if (!fresh->law(t)) continue;
    for (int q = 0; q < per_tet; ++q) {
      if (!sets(t)) {
        fresh->set_history(t, bulk->history(t, q), q);
        continue;
      }
      const Mat3 F = bulk->deformation(t, system.u, q);
      VectorX history = fresh->history(t, q);
      fresh->law(t)->set_stress_free(F, history);
      const Mat3 G = F.inverse();
      fresh->law(t)->carry_stress(F.determinant() * G * bulk->cauchy(t, system.u, q) * G.transpose(), history);
      fresh->set_history(t, history, q);
    }
  }
  bulk = std::move(fresh);
  cement_set_ = true;
  connect();
}

void Model::hold_upper_platen(bool hold) {
  for (int k = 0; k < 3; ++k) system.fixed[upper_unknown() + k] = hold;
}

void Model::strain_at(double rate) {
  strain_rate_ = rate;
  const double share = strength_at(rate, rate_exponent());
  bulk->strength = share;
  shell->set_strength(share);
  hinges->strength = share;
}

void Model::connect() {
  strain_at(strain_rate_);
  system.nodes = mesh_.nodes;
  system.terms = {bulk.get(), shell.get(), hinges.get()};
  for (const Balloon& b : balloons) {
    if (b.stent) system.terms.push_back(b.stent.get());
    if (b.emptied) continue;
    system.terms.push_back(b.wall.get());
    system.terms.push_back(b.fluid.get());
  }
  for (const Expander& e : expanders) system.terms.push_back(e.term.get());
  if (self_contact) system.terms.push_back(self_contact.get());
  if (lower) system.terms.push_back(lower.get());
  if (upper) system.terms.push_back(upper.get());
}

void Model::visit(Archive& archive) {
  const bool was_set = cement_set_;
  KYPHO_VISIT(archive, cement_set_, strain_rate_);
  if (cement_set_ != was_set)
    bulk = std::make_unique<BulkTerm>(mesh_, bulk_laws(tissues_), law_of_tets(mesh_, cement_set_), bulk->points());
  archive.members("unknowns, rates, fixed", system.u, system.v, system.fixed);
  KYPHO_VISIT(archive, lower, upper);
  archive.list("balloons", balloons, [&](Balloon& b) { b.visit(archive, mesh_); });
  archive.list("expanders", expanders, [&](Expander& e) { e.visit(archive, mesh_); });
  archive("hinges", *hinges);
  archive("bulk", *bulk);
  archive("shell", *shell);
  if (self_contact) archive("self_contact", *self_contact);
  connect();
}

State Model::save() {
  Archive archive;
  visit(archive);
  return archive.tables();
}

void Model::restore(const State& state) {
  Archive archive(state);
  visit(archive);
}

void Model::refresh_forces() {
  const State before = save();
  VectorX forces = VectorX::Zero(system.u.size());
  for (Term* term : system.terms) term->add_forces(system.u, forces);
  restore(before);
}

void visit(Archive& archive, std::unique_ptr<Model>& model, const Tissues& tissues) {
  TetMesh mesh;
  Landmarks landmarks;
  std::vector<PointData> points;
  if (!archive.reading()) {
    mesh = model->mesh();
    landmarks = model->landmarks();
    points = model->bulk->points();
  }
  KYPHO_VISIT(archive, mesh, landmarks, points);
  if (archive.reading())
    model = std::make_unique<Model>(std::move(mesh), std::move(landmarks), tissues, std::move(points));
  archive("state", *model);
}

std::unique_ptr<Model> transfer(const Model& old, TetMesh mesh, const std::vector<int>& point_source,
                                const std::vector<int>& facet_source, const std::vector<double>& stiffness_factor) {
  const VectorX& u = old.system.u;
  const int per_tet = old.bulk->points_per_tet();
  const auto filled = [](Region r) { return r == Region::cement; };
  std::vector<PointData> points(point_source.size());
  for (std::size_t p = 0; p < points.size(); ++p) {
    const std::size_t t = p / per_tet;
    if (!stiffness_factor.empty()) points[p].stiffness_factor = stiffness_factor[t];
    if (point_source[p] < 0 || filled(mesh.region[t])) continue;
    const int s = point_source[p] / per_tet, q = point_source[p] % per_tet;
    const PointData& from = old.bulk->point(s, q);
    const Mat3 F = old.bulk->deformation(s, u, q);
    points[p].bmd = from.bmd;
    points[p].volume_ratio = from.volume_ratio * F.determinant();
    points[p].integrity = from.integrity;
    points[p].axis = (F * from.axis).normalized();
    points[p].radial = (F.inverse().transpose() * from.radial).normalized();
  }
  auto model = std::make_unique<Model>(std::move(mesh), old.landmarks(), old.tissues(), std::move(points));
  for (std::size_t p = 0; p < point_source.size(); ++p) {
    if (point_source[p] < 0) continue;
    const int t = static_cast<int>(p) / per_tet, s = point_source[p] / per_tet, q = point_source[p] % per_tet;
    if (filled(model->mesh().region[t]) || old.bulk->law(s) != model->bulk->law(t)) continue;
    VectorX h = old.bulk->history(s, q);
    old.bulk->law(s)->change_reference(old.bulk->deformation(s, u, q), old.bulk->point(s, q).axis, h);
    model->bulk->set_history(t, h, static_cast<int>(p) % per_tet);
  }
  carry_over_shell(old, facet_source, *model->shell);
  carry_over_hinges(old, facet_source, *model->hinges);
  model->carry_over_platens(old);
  model->strain_at(old.strain_rate());
  return model;
}

} // namespace kypho
