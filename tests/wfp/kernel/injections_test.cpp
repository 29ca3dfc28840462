// SPDX-License-Identifier: Apache-2.0
#include "wfp/kernel/injections.h"

#include "ndis/data.h"
#include "ndis/exports.h"
#include "ndis/lists.h"
#include "ndis/packet_buffer.h"
#include "wfp/kernel/kernel_run.h"

namespace drydock::wfp {
namespace {

using ledger::Kind;
using ledger::NoteKind;

// Counts completions and frees each list, as a driver does.
struct Completions {
  std::vector<NTSTATUS> statuses;
  std::string trace;
  int switches = 0;

  static void NTAPI complete(void* context, NET_BUFFER_LIST* list, BOOLEAN dispatch_level) {
    auto& self = *static_cast<Completions*>(context);
    EXPECT_EQ(dispatch_level, 1);
    EXPECT_EQ(machine::Machine::current()->irql(), machine::Irql::dispatch);
    self.statuses.push_back(list->Status);
    self.trace += "(";
    for (int i = 0; i < self.switches; ++i) machine::Machine::current()->switch_point();
    IMPORT(injection_exports(), FwpsFreeNetBufferList0)(list);
    self.trace += ")";
  }
};

struct Sink final : InjectionSink {
  std::vector<InjectionPoint> points;
  NTSTATUS answer = STATUS_SUCCESS;
  NTSTATUS deliver(const Injection& injection) override {
    points.push_back(injection.point);
    return answer;
  }
};

struct InjectionsTest : testing::Test {
  KernelRun run;
  ExportRows rows = injection_exports();
  Completions completions;
  Sink sink;
  NDIS_HANDLE pool = nullptr;
  std::byte payload[64]{};

  explicit InjectionsTest(machine::Choices* choices = nullptr) : run({}, choices) {
    run.side.injections().set_sink(&sink);
  }

  HANDLE handle(UINT32 types = FWPS_INJECTION_TYPE_NETWORK, ADDRESS_FAMILY family = WDK_AF_INET) {
    HANDLE result = nullptr;
    EXPECT_EQ(IMPORT(rows, FwpsInjectionHandleCreate0)(family, types, &result), STATUS_SUCCESS);
    return result;
  }
  NET_BUFFER_LIST* packet() {
    if (pool == nullptr) {
      NET_BUFFER_LIST_POOL_PARAMETERS parameters{};
      parameters.fAllocateNetBuffer = 1;
      pool = IMPORT(ndis::ndis_exports(), NdisAllocateNetBufferListPool)(nullptr, &parameters);
    }
    MDL* mdl = ndis::make_mdl(payload, sizeof(payload));
    NET_BUFFER_LIST* list = nullptr;
    EXPECT_EQ(IMPORT(rows, FwpsAllocateNetBufferAndNetBufferList0)(pool, 0, 0, mdl, 0,
                                                                   sizeof(payload), &list),
              STATUS_SUCCESS);
    return list;
  }
  NTSTATUS send(HANDLE to, NET_BUFFER_LIST* list, HANDLE context = nullptr) {
    return IMPORT(rows, FwpsInjectNetworkSendAsync0)(to, context, 0, {}, list,
                                                     Completions::complete, &completions);
  }
  NTSTATUS destroy(HANDLE which) { return IMPORT(rows, FwpsInjectionHandleDestroy0)(which); }
};

TEST_F(InjectionsTest, an_injected_packet_is_delivered_and_completed_once_on_a_kernel_fiber) {
  sink.answer = STATUS_DATA_NOT_ACCEPTED;
  run.run([&] {
    const HANDLE network = handle();
    EXPECT_EQ(send(network, packet()), STATUS_SUCCESS);
    EXPECT_EQ(destroy(network), STATUS_SUCCESS);
    EXPECT_EQ(run.alive(Kind::injection), 0U);
  });
  EXPECT_EQ(sink.points, std::vector{InjectionPoint::network_send});
  EXPECT_EQ(completions.statuses, std::vector<NTSTATUS>{STATUS_DATA_NOT_ACCEPTED});
  EXPECT_EQ(run.alive(Kind::injection_handle), 0U);
  EXPECT_EQ(run.alive(Kind::net_buffer_list), 0U);
}

// Lets one completion in a row fail in each way there is, and no call.
struct FaultyCompletions final : machine::Choices {
  std::size_t pick_fiber(std::span<const machine::FiberId> candidates, bool can_go_on) override {
    return plain.pick_fiber(candidates, can_go_on);
  }
  std::size_t choose(machine::Question question, std::size_t options) override {
    const bool of_completion = question == machine::Question::fault && options > 2;
    return of_completion ? next++ % options : 0;
  }
  [[nodiscard]] bool injects_faults() const override { return true; }

  machine::RoundRobin plain;
  std::size_t next = 0;
};
struct FaultyChoices {
  FaultyCompletions faulty;
};
struct FaultyInjectionsTest : FaultyChoices, InjectionsTest {
  FaultyInjectionsTest() : InjectionsTest(&faulty) {}
};

TEST_F(FaultyInjectionsTest, every_status_of_a_completion_is_offered_and_the_packet_is_lost) {
  run.run([&] {
    const HANDLE network = handle();
    for (int i = 0; i < 4; ++i) EXPECT_EQ(send(network, packet()), STATUS_SUCCESS);
    EXPECT_EQ(destroy(network), STATUS_SUCCESS);
  });
  std::ranges::sort(completions.statuses, {}, [](NTSTATUS status) { return ULONG(status); });
  EXPECT_EQ(completions.statuses,
            (std::vector<NTSTATUS>{STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES,
                                   STATUS_DATA_NOT_ACCEPTED, STATUS_NETWORK_UNREACHABLE}));
  EXPECT_EQ(sink.points, std::vector{InjectionPoint::network_send});
  EXPECT_EQ(run.alive(Kind::net_buffer_list), 0U);
}

// Packets arrive as late as they can.
struct LateChoices {
  LastOption late;
};
struct LateInjectionsTest : LateChoices, InjectionsTest {
  LateInjectionsTest() : InjectionsTest(&late) {}
};

TEST_F(LateInjectionsTest,
       an_injection_is_in_the_ledger_under_its_handle_until_its_completion_returned) {
  run.run([&] {
    const HANDLE network = handle();
    send(network, packet());
    ASSERT_EQ(run.alive(Kind::injection), 1U);
    const auto& book = run.record.ledger();
    for (const auto& entry : book.entries()) {
      if (entry.kind == Kind::injection) {
        EXPECT_EQ(entry.related,
                  book.find(Kind::injection_handle, reinterpret_cast<std::uint64_t>(network)));
        EXPECT_EQ(entry.name, "network send");
      }
    }
    EXPECT_EQ(run.side.injections().under_way(), 1U);
  });
  EXPECT_EQ(run.alive(Kind::injection), 0U);
  EXPECT_EQ(completions.statuses.size(), 1U);
}

TEST_F(InjectionsTest, destroy_waits_until_the_last_completion_has_returned_and_refuses_new_ones) {
  completions.switches = 5;
  run.as_driver("unload", [&] {
    const HANDLE network = handle();
    send(network, packet());
    run.as_driver("other", [&, network] {
      while (completions.trace.empty()) run.machine.switch_point();
      NET_BUFFER_LIST* list = packet();
      EXPECT_EQ(send(network, list), STATUS_FWP_INJECT_HANDLE_CLOSING);
      IMPORT(rows, FwpsFreeNetBufferList0)(list);
    });
    EXPECT_EQ(destroy(network), STATUS_SUCCESS);
    completions.trace += "d";
  });
  run.machine.run();
  EXPECT_EQ(completions.trace, "()d");
  EXPECT_TRUE(run.notes(NoteKind::injection_handle_dead).empty());
}

TEST_F(InjectionsTest, a_destroyed_handle_is_stale_and_its_use_noted) {
  run.run([&] {
    const HANDLE network = handle();
    destroy(network);
    NET_BUFFER_LIST* list = packet();
    EXPECT_EQ(send(network, list), STATUS_FWP_INJECT_HANDLE_STALE);
    EXPECT_EQ(IMPORT(rows, FwpsQueryPacketInjectionState0)(network, list, nullptr),
              FWPS_PACKET_NOT_INJECTED);
    EXPECT_EQ(destroy(network), STATUS_FWP_INJECT_HANDLE_STALE);
  });
  std::vector<std::string> names;
  for (const auto& note : run.notes(NoteKind::injection_handle_dead)) {
    EXPECT_NE(note.entry, 0U);
    names.push_back(note.name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"FwpsInjectNetworkSendAsync0",
                                             "FwpsQueryPacketInjectionState0",
                                             "FwpsInjectionHandleDestroy0"}));
}

TEST_F(InjectionsTest, handles_are_made_and_used_by_type_and_family) {
  run.run([&] {
    HANDLE none = nullptr;
    EXPECT_EQ(
        IMPORT(rows, FwpsInjectionHandleCreate0)(WDK_AF_UNSPEC, FWPS_INJECTION_TYPE_NETWORK, &none),
        STATUS_INVALID_PARAMETER);
    const HANDLE usual = handle(0, WDK_AF_UNSPEC);
    NET_BUFFER_LIST* list = packet();
    EXPECT_EQ(send(usual, list), STATUS_FWP_INJECT_HANDLE_STALE);
    EXPECT_EQ(send(reinterpret_cast<HANDLE>(8), list), STATUS_FWP_INJECT_HANDLE_STALE);
    const HANDLE network = handle();
    EXPECT_EQ(send(network, nullptr), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(
        IMPORT(rows, FwpsInjectNetworkSendAsync0)(network, nullptr, 0, {}, list, nullptr, nullptr),
        STATUS_INVALID_PARAMETER);
    const HANDLE v6 = handle(FWPS_INJECTION_TYPE_FORWARD, WDK_AF_INET6);
    EXPECT_EQ(IMPORT(rows, FwpsInjectForwardAsync0)(v6, nullptr, 0, WDK_AF_INET, {}, 0, list,
                                                    Completions::complete, &completions),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(run.alive(Kind::injection), 0U);
    FWPS_TRANSPORT_SEND_PARAMS0 parameters{};
    EXPECT_EQ(
        IMPORT(rows, FwpsInjectTransportSendAsync0)(usual, nullptr, 0, 0, &parameters, WDK_AF_INET,
                                                    {}, list, Completions::complete, &completions),
        STATUS_SUCCESS);
  });
  EXPECT_EQ(sink.points, std::vector{InjectionPoint::transport_send});
  EXPECT_TRUE(run.notes(NoteKind::injection_handle_dead).empty());
}

TEST_F(InjectionsTest, the_injection_state_belongs_to_handle_and_list_and_clones_inherit_it) {
  run.run([&] {
    const HANDLE own = handle();
    const HANDLE other = handle();
    NET_BUFFER_LIST* list = packet();
    auto* context = reinterpret_cast<HANDLE>(0x77);
    const auto query = [&](HANDLE which, NET_BUFFER_LIST* of) {
      HANDLE found = nullptr;
      const auto state = IMPORT(rows, FwpsQueryPacketInjectionState0)(which, of, &found);
      EXPECT_EQ(found, state == FWPS_PACKET_INJECTED_BY_SELF ? context : nullptr);
      return state;
    };
    EXPECT_EQ(query(own, list), FWPS_PACKET_NOT_INJECTED);
    ndis::record_of(list)->references = 1;
    Injection injection;
    injection.handle = reinterpret_cast<std::uint64_t>(own);
    injection.context = 0x77;
    mark_injected(list, mark_of(injection));
    EXPECT_EQ(query(own, list), FWPS_PACKET_INJECTED_BY_SELF);
    EXPECT_EQ(query(other, list), FWPS_PACKET_INJECTED_BY_OTHER);
    NET_BUFFER_LIST* clone = nullptr;
    IMPORT(rows, FwpsAllocateCloneNetBufferList0)(list, pool, nullptr, 0, &clone);
    EXPECT_EQ(query(own, clone), FWPS_PACKET_INJECTED_BY_SELF);
    IMPORT(rows, FwpsFreeCloneNetBufferList0)(clone, 0);
    injection.handle = reinterpret_cast<std::uint64_t>(other);
    mark_injected(list, mark_of(injection));
    EXPECT_EQ(query(own, list), FWPS_PACKET_PREVIOUSLY_INJECTED_BY_SELF);
    EXPECT_EQ(query(other, list), FWPS_PACKET_INJECTED_BY_SELF);
  });
}

TEST_F(InjectionsTest, references_pin_a_packet_of_the_stack) {
  ndis::PacketBuffer stack_packet;
  stack_packet.fill(payload, {});
  run.run([&] {
    IMPORT(rows, FwpsReferenceNetBufferList0)(stack_packet.list(), 0);
    EXPECT_TRUE(stack_packet.pinned());
    IMPORT(rows, FwpsDereferenceNetBufferList0)(stack_packet.list(), 0);
    EXPECT_FALSE(stack_packet.pinned());
  });
}

TEST_F(InjectionsTest, an_ip_header_is_put_in_front_or_in_place_of_an_old_one) {
  ndis::PacketBuffer udp;
  udp.fill(std::vector<std::byte>(28, std::byte{7}), {.back_fill = 40});
  const UCHAR source[16] = {10, 0, 0, 1};
  const UCHAR destination[16] = {10, 0, 0, 2};
  const auto construct = [&](ULONG present, ADDRESS_FAMILY family) {
    return IMPORT(rows, FwpsConstructIpHeaderForTransportPacket0)(
        udp.list(), present, family, source, destination, static_cast<IPPROTO>(17), 0, nullptr, 0,
        0, nullptr, 0, 0);
  };
  run.run([&] {
    EXPECT_EQ(construct(0, 99), STATUS_INVALID_PARAMETER);
    ASSERT_EQ(construct(0, WDK_AF_INET), STATUS_SUCCESS);
    auto bytes = ndis::bytes_of(*udp.list());
    ASSERT_EQ(bytes.size(), 48U);
    EXPECT_EQ(bytes[0], std::byte{0x45});
    EXPECT_EQ(bytes[3], std::byte{48});
    EXPECT_EQ(bytes[9], std::byte{17});
    EXPECT_EQ(bytes[15], std::byte{1});
    EXPECT_EQ(bytes[19], std::byte{2});
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < 20; i += 2) {
      sum += std::to_integer<std::uint32_t>(bytes[i]) << 8 |
             std::to_integer<std::uint32_t>(bytes[i + 1]);
    }
    EXPECT_EQ((sum & 0xffff) + (sum >> 16), 0xffffU);
    ASSERT_EQ(construct(20, WDK_AF_INET6), STATUS_SUCCESS);
    bytes = ndis::bytes_of(*udp.list());
    ASSERT_EQ(bytes.size(), 68U);
    EXPECT_EQ(bytes[0], std::byte{0x60});
    EXPECT_EQ(bytes[5], std::byte{28});
  });
}

TEST(Exports, an_ip_header_is_constructed_for_all_net_buffers_of_a_list_or_for_none) {
  KernelRun run;
  ndis::PacketBuffer udp;
  udp.fill(std::vector<std::byte>(28, std::byte{7}), {.back_fill = 40});
  const UCHAR address[16] = {10, 0, 0, 1};
  run.run([&] {
    std::vector<std::byte> memory(70'000);
    NET_BUFFER second{};
    second.MdlChain = second.CurrentMdl = ndis::make_mdl(memory.data(), 70'000);
    udp.buffer().Next = &second;
    const auto status_for = [&](ULONG length) {
      second.DataLength = length;
      return IMPORT(injection_exports(), FwpsConstructIpHeaderForTransportPacket0)(
          udp.list(), 20, WDK_AF_INET, address, address, static_cast<IPPROTO>(17), 0, nullptr, 0, 0,
          nullptr, 0, 0);
    };
    for (const ULONG length : {19U, 65'536U}) {
      EXPECT_EQ(status_for(length), STATUS_INVALID_PARAMETER) << length;
      EXPECT_EQ(ndis::bytes_of(*udp.list()), std::vector<std::byte>(28, std::byte{7}));
    }
    EXPECT_EQ(status_for(65'535), STATUS_SUCCESS);
    EXPECT_EQ(memory[2], std::byte{0xff});
    EXPECT_EQ(ndis::bytes_of(*udp.list())[0], std::byte{0x45});
    ndis::drop_mdl(second.MdlChain);
  });
}

TEST(Exports, every_name_is_in_the_tables_once) {
  std::vector<std::string_view> names;
  for (const auto* row : all_exports()) {
    EXPECT_STREQ(row->module, "fwpkclnt.sys");
    names.push_back(row->name);
  }
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
  EXPECT_GT(names.size(), 60U);
}

}  // namespace
}  // namespace drydock::wfp
