// SPDX-License-Identifier: Apache-2.0
// MAC frames that drivers inject: they enter at the MAC layer that the driver names, which sees
// them again as injected; one that comes in goes on to the IP layers when it holds a packet.
#include <algorithm>

#include "net/host_injection.h"
#include "net/host_network.h"
#include "net/host_path.h"
#include "net/layer_entry.h"

namespace drydock::net {

using wfp::Injection;
using wfp::InjectionPoint;

namespace {

Direction direction_of(const Injection& injection) {
  return injection.point == InjectionPoint::mac_send ? Direction::outbound : Direction::inbound;
}

// From the named layer on; all of the direction when it is one of the other's.
std::span<const StepKind> layers_of(const Injection& injection) {
  const auto kinds = frame_layers(direction_of(injection));
  const auto first = std::ranges::find_if(kinds, [&](StepKind kind) {
    return std::to_underlying(layer_of(kind, IpVersion::v4)) == injection.layer;
  });
  return first == kinds.end() ? kinds : std::span(first, kinds.end());
}

}  // namespace

NTSTATUS HostInjection::deliver_frame(const Injection& injection, Desk& desk) {
  const auto header = parse_ethernet(desk.bytes);
  if (!header) return STATUS_INVALID_PARAMETER;
  desk.buffer = &pool_.take();
  desk.buffer->fill(std::as_bytes(std::span(desk.bytes)), {.back_fill = 0, .header_bytes = 0});
  wfp::mark_injected(desk.buffer->list(), wfp::mark_of(injection));
  desk.absorbed = false;
  const NTSTATUS status = pass_frame(injection, *header, desk);
  pool_.give_back(*desk.buffer);
  if (status != STATUS_SUCCESS || desk.absorbed) return status;
  const bool comes_in = injection.point == InjectionPoint::mac_receive;
  if (!comes_in || !header->is_ip()) {
    tell_frame(injection, *header, desk);
    return STATUS_SUCCESS;
  }
  desk.bytes.erase(desk.bytes.begin(),
                   desk.bytes.begin() + static_cast<std::ptrdiff_t>(header->size));
  return deliver_packet(injection, desk);
}

NTSTATUS HostInjection::pass_frame(const Injection& injection, const EthernetHeader& header,
                                   Desk& desk) {
  for (const StepKind kind : layers_of(injection)) {
    Step& step = desk.step;
    step = {};
    step.kind = kind;
    step.direction = direction_of(injection);
    step.interface_index = injection.interface_index;
    enter_frame_layer(step, header, desk.bytes.size());
    Indicated indicated{.step = step, .layer = layer_of(kind, step.version), .frame = header};
    indicated.interface_mac = network_.mac_of(step.interface_index);
    desk.buffer->set_data_offset(step.data_offset);
    const wfp::Verdict verdict =
        network_.indicate(indicated, *desk.input, desk.buffer->list(), machine::Irql::dispatch);
    if (verdict.action != wfp::Action::block) continue;
    ++blocked_;
    desk.absorbed = verdict.absorbed;
    return verdict.absorbed ? STATUS_SUCCESS : STATUS_DATA_NOT_ACCEPTED;
  }
  return STATUS_SUCCESS;
}

void HostInjection::tell_frame(const Injection& injection, const EthernetHeader& header,
                               const Desk& desk) {
  PathListener* listener = network_.listener();
  if (listener == nullptr) return;
  const auto ip_at = header.is_ip() ? std::optional(header.size) : std::nullopt;
  listener->frame_injected(desk.bytes, ip_at, direction_of(injection),
                           std::string("inject ") + injection_point_name(injection.point));
}

}  // namespace drydock::net
