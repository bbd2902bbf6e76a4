#include "core/fem/elastic_stiffness.hpp"

#include "core/base/ordered_sum.hpp"
#include "core/fem/shapes.hpp"
#include "core/fem/tangent.hpp"

#include <Eigen/Dense>
#include <algorithm>

namespace kypho {

namespace {

/// sigma = two_mu eps + lambda tr(eps) + bulk mean(tr(eps)), times V / 20.
struct ElasticKernel {
  static constexpr int numbers = 12; ///< gradients of the barycentric coordinates 1 to 3, two_mu, lambda, bulk

  template <class R>
  [[gnu::always_inline]] static inline void apply(const R* data, const PackOf<R>* u, PackOf<R>* f) {
    using V = PackOf<R>;
    constexpr int lanes = pack_lanes<R>;
    V g[9];
    for (int k = 0; k < 9; ++k) g[k] = load_pack(data + k * lanes);
    const V two_mu = load_pack(data + 9 * lanes), lambda = load_pack(data + 10 * lanes);
    const V bulk = load_pack(data + 11 * lanes);
    V s[4][6], trace[4]; // xx yy zz xy xz yz
#pragma GCC unroll 9
    for (int a = 0; a < 4; ++a) {
      V d[4][3]; // derivatives along the barycentric coordinates at corner a
#pragma GCC unroll 9
      for (int i = 0; i < 3; ++i) {
#pragma GCC unroll 9
        for (int k = 0; k < 4; ++k) d[k][i] = k == a ? R(3) * u[3 * a + i] : R(4) * u[3 * mid(a, k) + i] - u[3 * k + i];
#pragma GCC unroll 9
        for (int k = 1; k < 4; ++k) d[k][i] -= d[0][i];
      }
      V H[9];
#pragma GCC unroll 9
      for (int i = 0; i < 3; ++i)
#pragma GCC unroll 9
        for (int j = 0; j < 3; ++j) H[3 * i + j] = d[1][i] * g[j] + d[2][i] * g[3 + j] + d[3][i] * g[6 + j];
      trace[a] = H[0] + H[4] + H[8];
#pragma GCC unroll 9
      for (int i = 0; i < 3; ++i) s[a][i] = two_mu * H[4 * i] + lambda * trace[a];
      s[a][3] = R(0.5) * two_mu * (H[1] + H[3]);
      s[a][4] = R(0.5) * two_mu * (H[2] + H[6]);
      s[a][5] = R(0.5) * two_mu * (H[5] + H[7]);
    }
    const V mean = R(0.25) * bulk * (trace[0] + trace[1] + trace[2] + trace[3]);
#pragma GCC unroll 9
    for (int k = 0; k < 6; ++k) {
      V all = s[0][k] + s[1][k] + s[2][k] + s[3][k];
      if (k < 3) all += R(5) * mean;
#pragma GCC unroll 9
      for (int a = 0; a < 4; ++a) s[a][k] += all;
    }
#pragma GCC unroll 30
    for (int k = 0; k < 30; ++k) f[k] = V{};
#pragma GCC unroll 9
    for (int a = 0; a < 4; ++a) {
      const V* t = s[a];
      V force[4][3];
#pragma GCC unroll 9
      for (int k = 1; k < 4; ++k) {
        const V* e = g + 3 * (k - 1);
        force[k][0] = t[0] * e[0] + t[3] * e[1] + t[4] * e[2];
        force[k][1] = t[3] * e[0] + t[1] * e[1] + t[5] * e[2];
        force[k][2] = t[4] * e[0] + t[5] * e[1] + t[2] * e[2];
      }
#pragma GCC unroll 9
      for (int i = 0; i < 3; ++i) {
        force[0][i] = -(force[1][i] + force[2][i] + force[3][i]);
#pragma GCC unroll 9
        for (int k = 0; k < 4; ++k)
          if (k == a)
            f[3 * a + i] += R(3) * force[a][i];
          else {
            f[3 * k + i] -= force[k][i];
            f[3 * mid(a, k) + i] += R(4) * force[k][i];
          }
      }
    }
  }

  /// Diagonal blocks, [node][00 11 22 01 02 12]. With G the sum over corners of (1 + delta_ab) g_a g_b^T of the gradients g of a
  /// shape function, they are mu (tr G + G) + lambda G: G = 12 e e^T at a corner whose barycentric coordinate has the
  /// gradient e, 16 (s s^T + e e^T + h h^T) between two, s = e + h.
  static inline void node_blocks(const float* data, PackOf<float>* blocks) {
    using V = PackOf<float>;
    constexpr int lanes = pack_lanes<float>;
    V e[4][3];
    for (int j = 0; j < 3; ++j) {
      for (int k = 1; k < 4; ++k) e[k][j] = load_pack(data + (3 * (k - 1) + j) * lanes);
      e[0][j] = -(e[1][j] + e[2][j] + e[3][j]);
    }
    const V mu = 0.5f * load_pack(data + 9 * lanes), lambda = load_pack(data + 10 * lanes);
    const V bulk = load_pack(data + 11 * lanes);
    const auto make = [&](const auto& G, const auto& mean, V* to) {
      constexpr int pair[6][2] = {{0, 0}, {1, 1}, {2, 2}, {0, 1}, {0, 2}, {1, 2}};
      const V trace = G(0, 0) + G(1, 1) + G(2, 2);
      for (int k = 0; k < 6; ++k) {
        const int i = pair[k][0], j = pair[k][1];
        to[k] = (mu + lambda) * G(i, j) + 1.25f * bulk * mean(i) * mean(j);
        if (k < 3) to[k] += mu * trace;
      }
    };
    for (int a = 0; a < 4; ++a)
      make([&](int i, int j) { return 12.0f * e[a][i] * e[a][j]; }, [](int) { return V{}; }, blocks + 6 * a);
    for (int m = 0; m < 6; ++m) {
      const V *a = e[Tet10::edge[m][0]], *b = e[Tet10::edge[m][1]];
      make([&](int i, int j) { return 16.0f * ((a[i] + b[i]) * (a[j] + b[j]) + a[i] * a[j] + b[i] * b[j]); },
           [&](int i) { return 4.0f * (a[i] + b[i]); }, blocks + 6 * (4 + m));
    }
  }

  /// Node in the middle of an edge.
  static constexpr int mid(int a, int k) {
    for (int e = 0; e < 6; ++e)
      if ((Tet10::edge[e][0] == a && Tet10::edge[e][1] == k) || (Tet10::edge[e][0] == k && Tet10::edge[e][1] == a))
        return 4 + e;
    return -1;
  }
};

template <class R>
auto elastic(const std::vector<R>& data) {
  return [from = data.data()](std::size_t pack, const PackOf<R>* u, PackOf<R>* f) __attribute__((always_inline)) {
    ElasticKernel::apply<R>(from + pack * ElasticKernel::numbers * pack_lanes<R>, u, f);
  };
}

} // namespace

ElasticStiffness::ElasticStiffness(const TetMesh& mesh, std::vector<double> young, std::vector<double> poisson,
                                   const std::vector<char>& mean_dilatation, std::vector<char> fixed) {
  blocks_ = ElementBlocks(mesh);
  make_room();
  fix(std::move(fixed));
  constexpr int lanes = pack_lanes<double>, wide = pack_lanes<float>, numbers = ElasticKernel::numbers;
  const std::size_t slots = blocks_.tets.size();
  full_.assign(slots * numbers, 0.0);
  single_.assign(slots * numbers, 0.0f);
#pragma omp parallel for schedule(static)
  for (std::size_t s = 0; s < slots; ++s) {
    const int t = blocks_.tets[s];
    if (t < 0) continue;
    Mat3 J;
    for (int k = 0; k < 3; ++k) J.col(k) = mesh.nodes[mesh.tets[t][k + 1]] - mesh.nodes[mesh.tets[t][0]];
    const Mat3 inverse = J.inverse();
    const double two_mu = young[t] / (1 + poisson[t]), bulk = young[t] / (3 * (1 - 2 * poisson[t]));
    const double part = J.determinant() / 120;
    const bool mean = mean_dilatation[t];
    double number[numbers];
    for (int k = 0; k < 9; ++k) number[k] = inverse(k / 3, k % 3);
    number[9] = two_mu * part;
    number[10] = ((mean ? 0 : bulk) - two_mu / 3) * part;
    number[11] = (mean ? bulk : 0) * part;
    for (int k = 0; k < numbers; ++k) {
      full_[(s / lanes * numbers + k) * lanes + s % lanes] = number[k];
      single_[(s / wide * numbers + k) * wide + s % wide] = static_cast<float>(number[k]);
    }
  }
  parents_.assign(mesh.nodes.size(), {-1, -1});
  std::vector<int> corner(mesh.nodes.size(), -1);
  for (const auto& tet : mesh.tets)
    for (const int n : tet) corner[n] = 0;
  for (std::size_t n = 0; n < corner.size(); ++n)
    if (corner[n] == 0) {
      corner[n] = corners_;
      parents_[n] = {corners_, corners_};
      ++corners_;
    }
  for (std::size_t t = 0; t < mesh.tets.size(); ++t)
    for (int e = 0; e < 6; ++e)
      parents_[mesh.mids[t][e]] = {corner[mesh.tets[t][Tet10::edge[e][0]]], corner[mesh.tets[t][Tet10::edge[e][1]]]};
  corners_of_.resize(slots);
#pragma omp parallel for schedule(static)
  for (std::size_t s = 0; s < slots; ++s) {
    const int t = blocks_.tets[s] >= 0 ? blocks_.tets[s] : blocks_.tets[0];
    for (int a = 0; a < 4; ++a) corners_of_[s][a] = corner[mesh.tets[t][a]];
  }
  find_patches(mesh, mean_dilatation);
}

void ElasticStiffness::find_patches(const TetMesh& mesh, const std::vector<char>& nearly_incompressible) {
  std::vector<int> patch(mesh.nodes.size(), -1);
  for (std::size_t t = 0; t < mesh.tets.size(); ++t)
    if (nearly_incompressible[t])
      for (const int n : mesh.tets[t])
        if (patch[n] < 0) {
          patch[n] = static_cast<int>(patches_.size());
          patches_.push_back({n});
        }
  patch_slots_.resize(patches_.size());
  for (std::size_t s = 0; s < blocks_.tets.size(); ++s) {
    const int t = blocks_.tets[s];
    if (t < 0) continue;
    for (int a = 0; a < 4; ++a) {
      const int p = patch[mesh.tets[t][a]];
      if (p < 0) continue;
      patch_slots_[p].push_back(static_cast<int>(s));
      for (int k = 0; k < 4; ++k)
        if (k != a)
          if (const int n = mesh.mids[t][ElasticKernel::mid(a, k) - 4];
              std::find(patches_[p].begin(), patches_[p].end(), n) == patches_[p].end())
            patches_[p].push_back(n);
    }
  }
}

int ElasticStiffness::node_of(std::size_t slot, int a) const {
  const std::size_t block = slot / ElementBlocks::size;
  const std::size_t at = (block * 10 + a) * ElementBlocks::size + slot % ElementBlocks::size;
  return blocks_.node[blocks_.start[block] + blocks_.local[at] / 4];
}

Eigen::MatrixXd ElasticStiffness::patch_matrix(int patch) const {
  const std::vector<int>& nodes = patches_[patch];
  const int n = static_cast<int>(nodes.size());
  Eigen::MatrixXd K = Eigen::MatrixXd::Zero(3 * n, 3 * n);
  constexpr int lanes = pack_lanes<double>, numbers = ElasticKernel::numbers;
  const std::vector<int>& slots = patch_slots_[patch];
  for (std::size_t first = 0; first < slots.size(); first += lanes) { // a pack of elements against each unit vector
    const int some = std::min<int>(lanes, static_cast<int>(slots.size() - first));
    alignas(64) double data[numbers * lanes] = {};
    int place[10][lanes];
    for (int l = 0; l < some; ++l) {
      const std::size_t s = slots[first + l];
      for (int k = 0; k < numbers; ++k) data[k * lanes + l] = full_[(s / lanes * numbers + k) * lanes + s % lanes];
      for (int a = 0; a < 10; ++a) {
        const auto it = std::find(nodes.begin(), nodes.end(), node_of(s, a));
        place[a][l] = it == nodes.end() ? -1 : static_cast<int>(it - nodes.begin());
      }
    }
    for (int a = 0; a < 10; ++a) {
      if (std::all_of(place[a], place[a] + some, [](int p) { return p < 0; })) continue;
      for (int j = 0; j < 3; ++j) {
        PackOf<double> u[30] = {}, f[30];
        u[3 * a + j] += 1.0;
        ElasticKernel::apply<double>(data, u, f);
        for (int l = 0; l < some; ++l)
          if (place[a][l] >= 0)
            for (int b = 0; b < 10; ++b)
              if (place[b][l] >= 0)
                for (int i = 0; i < 3; ++i) K(3 * place[b][l] + i, 3 * place[a][l] + j) += f[3 * b + i][l];
      }
    }
  }
  for (int k = 0; k < 3 * n; ++k)
    if (fixed_[3 * nodes[k / 3] + k % 3]) {
      K.row(k).setZero();
      K.col(k).setZero();
      K(k, k) = 1;
    }
  return K;
}

double ElasticStiffness::multiply(const double* x, double* y) const {
  product_forces<double>(blocks_, elastic(full_), x, reinterpret_cast<double*>(full_sums_.data()));
  const double energy = ordered_sums<1>(nodes(), [&](int n, auto& all) {
    const RowOf<double> sum = full_sums_[blocks_.places[n][0]] + full_sums_[blocks_.places[n][1]];
    for (int i = 0; i < 3; ++i) {
      const std::size_t at = 3 * static_cast<std::size_t>(n) + i;
      y[at] = sum[i];
      all[0] += x[at] * sum[i];
    }
  })[0];
  clear_fixed(y);
  return energy;
}

void ElasticStiffness::forces(const float* d, float*) const {
  product_forces<float>(blocks_, elastic(single_), d, reinterpret_cast<float*>(single_sums_.data()));
}

std::vector<float> ElasticStiffness::diagonal() const {
  std::vector<float> all = diagonal_blocks(blocks_, [this](std::size_t pack, PackOf<float>* blocks) {
    ElasticKernel::node_blocks(single_.data() + pack * ElasticKernel::numbers * pack_lanes<float>, blocks);
  });
  hold_fixed(all);
  return all;
}

Eigen::SparseMatrix<double, Eigen::RowMajor> ElasticStiffness::linear_level() const {
  // Bulk over shear modulus up to which the linear level keeps what it has: Poisson's ratio 0.495.
  constexpr double locking = 2 * (1 + 0.495) / (3 * (1 - 2 * 0.495));
  Tangent K(3 * corners_);
  std::vector<int> of;
  for (const auto& tet : corners_of_) of.insert(of.end(), tet.begin(), tet.end());
  K.couple(this, 4, of);
  K.finish();
  std::vector<char> held(3 * static_cast<std::size_t>(corners_), 0);
  for (std::size_t n = 0; n < parents_.size(); ++n)
    if (parents_[n][0] == parents_[n][1])
      for (int i = 0; i < 3; ++i) held[3 * parents_[n][0] + i] = fixed_[3 * n + i];
  constexpr int lanes = pack_lanes<double>, numbers = ElasticKernel::numbers, chunk = 4096;
  std::vector<double> matrices(static_cast<std::size_t>(chunk) * 144);
  const int slots = static_cast<int>(corners_of_.size());
  for (int first = 0; first < slots; first += chunk) {
    const int some = std::min(chunk, slots - first);
#pragma omp parallel for schedule(static)
    for (int e = 0; e < some; ++e) {
      const std::size_t s = static_cast<std::size_t>(first) + e;
      double number[numbers];
      for (int k = 0; k < numbers; ++k) number[k] = full_[(s / lanes * numbers + k) * lanes + s % lanes];
      // of a uniform gradient: V = 20 parts
      const double mu = 10 * number[9], two_thirds = 2.0 / 3 * mu;
      // The linear elements of nearly incompressible quadratic ones would lock.
      const double lambda =
          std::min(20 * (number[10] + number[11]), number[11] > 0 ? locking * mu - two_thirds : 1e300);
      double g[4][3];
      for (int j = 0; j < 3; ++j) {
        for (int k = 1; k < 4; ++k) g[k][j] = number[3 * (k - 1) + j];
        g[0][j] = -(g[1][j] + g[2][j] + g[3][j]);
      }
      double* K = matrices.data() + static_cast<std::size_t>(e) * 144;
      for (int a = 0; a < 4; ++a)
        for (int b = 0; b < 4; ++b) {
          const double dot = g[a][0] * g[b][0] + g[a][1] * g[b][1] + g[a][2] * g[b][2];
          for (int i = 0; i < 3; ++i)
            for (int j = 0; j < 3; ++j) {
              const bool gone = held[3 * corners_of_[s][a] + i] || held[3 * corners_of_[s][b] + j];
              K[(3 * a + i) * 12 + 3 * b + j] =
                  gone ? 0 : mu * (g[a][j] * g[b][i] + (i == j ? dot : 0)) + lambda * g[a][i] * g[b][j];
            }
        }
    }
    K.add(this, first, some, matrices.data());
  }
  for (std::size_t i = 0; i < held.size(); ++i)
    if (held[i]) K.matrix().coeffRef(static_cast<int>(i), static_cast<int>(i)) = 1;
  return std::move(K.matrix());
}

std::size_t ElasticStiffness::bytes() const {
  return blocks_.bytes() + bytes_of_sums() + 8 * full_.size() + 4 * single_.size() + 16 * corners_of_.size() +
         8 * parents_.size();
}

} // namespace kypho
