// SPDX-License-Identifier: Apache-2.0
#include "peers/rte_acl.h"

#include <rte_acl.h>
#include <rte_eal.h>
#include <rte_memory.h>
#include <sched.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <stdexcept>
#include <string>

namespace drydock::bench {
namespace {

// Fields are looked at in units of four bytes, after a first one of one byte.
struct Input {
  std::uint8_t protocol = 0;
  std::uint8_t unused[3] = {};
  std::uint32_t source = 0;
  std::uint32_t destination = 0;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
};

constexpr std::size_t fields = 5;
RTE_ACL_RULE_DEF(AclRule, fields);

std::array<rte_acl_field_def, fields> field_definitions() {
  const auto field = [](std::uint8_t type, std::size_t size, std::uint8_t number,
                        std::uint8_t input, std::size_t offset) {
    return rte_acl_field_def{.type = type,
                             .size = static_cast<std::uint8_t>(size),
                             .field_index = number,
                             .input_index = input,
                             .offset = static_cast<std::uint32_t>(offset)};
  };
  return {field(RTE_ACL_FIELD_TYPE_BITMASK, 1, 0, 0, offsetof(Input, protocol)),
          field(RTE_ACL_FIELD_TYPE_MASK, 4, 1, 1, offsetof(Input, source)),
          field(RTE_ACL_FIELD_TYPE_MASK, 4, 2, 2, offsetof(Input, destination)),
          field(RTE_ACL_FIELD_TYPE_RANGE, 2, 3, 3, offsetof(Input, source_port)),
          field(RTE_ACL_FIELD_TYPE_RANGE, 2, 4, 3, offsetof(Input, destination_port))};
}

AclRule acl_rule(const wfp::test::Rule& rule, std::size_t number) {
  AclRule result{};
  result.data = {.category_mask = 1,
                 .priority = RTE_ACL_MAX_PRIORITY - static_cast<std::int32_t>(number),
                 .userdata = static_cast<std::uint32_t>(number)};
  result.field[0].value.u8 = rule.protocol.value_or(0);
  result.field[0].mask_range.u8 = rule.protocol ? 0xff : 0;
  result.field[1].value.u32 = rule.source.address;
  result.field[1].mask_range.u32 = rule.source.length;
  result.field[2].value.u32 = rule.destination.address;
  result.field[2].mask_range.u32 = rule.destination.length;
  result.field[3].value.u16 = rule.source_port.low;
  result.field[3].mask_range.u16 = rule.source_port.high;
  result.field[4].value.u16 = rule.destination_port.low;
  result.field[4].mask_range.u16 = rule.destination_port.high;
  return result;
}

// Ordinary memory, huge pages where the system gives them; leaves the thread free to move.
void start_library() {
  static const bool started = [] {
    cpu_set_t processors;
    sched_getaffinity(0, sizeof processors, &processors);
    std::array<std::string, 11> words{"bench",
                                      "--no-huge",
                                      "-m",
                                      "3072",
                                      "-l",
                                      "0",
                                      "--no-pci",
                                      "--no-shconf",
                                      "--no-telemetry",
                                      "--log-level=error",
                                      "--force-max-simd-bitwidth=512"};
    std::array<char*, words.size()> arguments{};
    std::ranges::transform(words, arguments.begin(), [](std::string& word) { return word.data(); });
    if (rte_eal_init(static_cast<int>(arguments.size()), arguments.data()) < 0) {
      throw std::runtime_error("DPDK does not start");
    }
    sched_setaffinity(0, sizeof processors, &processors);
    rte_memseg_list_walk([](const rte_memseg_list* list,
                            void*) { return madvise(list->base_va, list->len, MADV_HUGEPAGE), 0; },
                         nullptr);
    return true;
  }();
  (void)started;
}

// Where the system can, what is in use already moves to huge pages too.
void use_huge_pages() {
  constexpr int collapse = 25;  // MADV_COLLAPSE
  rte_memseg_list_walk([](const rte_memseg_list* list,
                          void*) { return madvise(list->base_va, list->len, collapse), 0; },
                       nullptr);
}

}  // namespace

struct RteAcl::Impl {
  rte_acl_ctx* context = nullptr;
  std::vector<Input> inputs = {};
  std::vector<const std::uint8_t*> pointers = {};
};

RteAcl::RteAcl(const std::vector<wfp::test::Rule>& rules) : impl_(std::make_unique<Impl>()) {
  start_library();
  const rte_acl_param parameters{.name = "rules",
                                 .socket_id = SOCKET_ID_ANY,
                                 .rule_size = RTE_ACL_RULE_SZ(fields),
                                 .max_rule_num = static_cast<std::uint32_t>(rules.size())};
  impl_->context = rte_acl_create(&parameters);
  if (impl_->context == nullptr) throw std::runtime_error("rte_acl_create");
  std::vector<AclRule> all;
  all.reserve(rules.size());
  for (std::size_t i = 0; i < rules.size(); ++i) all.push_back(acl_rule(rules[i], i + 1));
  if (rte_acl_add_rules(impl_->context, reinterpret_cast<const rte_acl_rule*>(all.data()),
                        static_cast<std::uint32_t>(all.size())) != 0) {
    throw std::runtime_error("rte_acl_add_rules");
  }
  rte_acl_config configuration{};
  configuration.num_categories = 1;
  configuration.num_fields = fields;
  std::ranges::copy(field_definitions(), configuration.defs);
  if (rte_acl_build(impl_->context, &configuration) != 0) throw std::runtime_error("rte_acl_build");
  use_huge_pages();
}

RteAcl::~RteAcl() {
  rte_acl_free(impl_->context);
}

void RteAcl::take_headers(const std::vector<wfp::test::Header>& headers) {
  impl_->inputs.clear();
  impl_->pointers.clear();
  for (const wfp::test::Header& header : headers) {
    impl_->inputs.push_back({.protocol = header.protocol,
                             .source = std::byteswap(header.source),
                             .destination = std::byteswap(header.destination),
                             .source_port = std::byteswap(header.source_port),
                             .destination_port = std::byteswap(header.destination_port)});
  }
  for (const Input& input : impl_->inputs) {
    impl_->pointers.push_back(reinterpret_cast<const std::uint8_t*>(&input));
  }
}

void RteAcl::one_at_a_time(std::span<std::uint32_t> numbers) const {
  const std::uint8_t** pointers = impl_->pointers.data();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    rte_acl_classify_alg(impl_->context, pointers + i, &numbers[i], 1, 1, RTE_ACL_CLASSIFY_SCALAR);
  }
}

void RteAcl::in_bursts(std::span<std::uint32_t> numbers) const {
  rte_acl_set_ctx_classify(impl_->context,
                           RTE_ACL_CLASSIFY_AVX512X32);  // refused: stays the default
  const std::uint8_t** pointers = impl_->pointers.data();
  for (std::size_t i = 0; i < numbers.size(); i += rows_in_burst) {
    const std::size_t count = std::min(rows_in_burst, numbers.size() - i);
    rte_acl_classify(impl_->context, pointers + i, &numbers[i], static_cast<std::uint32_t>(count),
                     1);
  }
}

}  // namespace drydock::bench
