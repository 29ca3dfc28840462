// SPDX-License-Identifier: Apache-2.0
#include "kmdf/memory.h"

#include <array>
#include <cstring>

#include "kmdf/check.h"
#include "kmdf/driver.h"
#include "kmdf/rows.h"
#include "nt/context.h"
#include "nt/pool.h"

namespace drydock::kmdf {

namespace {

NTSTATUS create(Client& client, const WDF_OBJECT_ATTRIBUTES* attributes, void* buffer,
                std::size_t size, bool owned, WDFMEMORY* handle) {
  Memory* memory = nullptr;
  const NTSTATUS status = framework().create(
      client, attributes, parent_in(attributes, client.driver), &memory, buffer, size, owned);
  if (NT_SUCCESS(status)) *handle = reinterpret_cast<WDFMEMORY>(memory->handle);
  return status;
}

NTSTATUS create_in_pool(Client& client, const WDF_OBJECT_ATTRIBUTES* attributes, ULONG tag,
                        std::size_t size, WDFMEMORY* handle, PVOID* buffer) {
  auto& pool = nt::service<nt::Pool>();
  void* block =
      pool.allocate(size, tag != 0 ? tag : client.globals->DriverTag, nt::Pool::Contents::poisoned);
  if (block == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  const NTSTATUS status = create(client, attributes, block, size, true, handle);
  if (!NT_SUCCESS(status)) {
    pool.release(block);
    return status;
  }
  if (buffer != nullptr) *buffer = block;
  return STATUS_SUCCESS;
}

NTSTATUS memory_create(PWDF_DRIVER_GLOBALS globals, PWDF_OBJECT_ATTRIBUTES attributes, POOL_TYPE,
                       ULONG tag, size_t size, WDFMEMORY* handle, PVOID* buffer) {
  Client& client = client_of(globals);
  require(handle);
  if (size == 0) return STATUS_INVALID_PARAMETER;
  const NTSTATUS status = check_attributes(attributes, Parent::optional);
  if (!NT_SUCCESS(status)) return status;
  return create_in_pool(client, attributes, tag, size, handle, buffer);
}

NTSTATUS memory_create_preallocated(PWDF_DRIVER_GLOBALS globals, PWDF_OBJECT_ATTRIBUTES attributes,
                                    PVOID buffer, size_t size, WDFMEMORY* handle) {
  Client& client = client_of(globals);
  require(buffer);
  require(handle);
  if (size == 0) return STATUS_INVALID_PARAMETER;
  const NTSTATUS status = check_attributes(attributes, Parent::optional);
  if (!NT_SUCCESS(status)) return status;
  return create(client, attributes, buffer, size, false, handle);
}

PVOID memory_get_buffer(PWDF_DRIVER_GLOBALS, WDFMEMORY handle, size_t* size) {
  const Memory& memory = object_of<Memory>(handle);
  if (size != nullptr) *size = memory.size;
  return memory.buffer;
}

NTSTATUS memory_assign_buffer(PWDF_DRIVER_GLOBALS, WDFMEMORY handle, PVOID buffer, size_t size) {
  Memory& memory = object_of<Memory>(handle);
  require(buffer);
  if (memory.owned) return STATUS_INVALID_DEVICE_REQUEST;
  if (size == 0) return STATUS_INVALID_PARAMETER;
  memory.buffer = buffer;
  memory.size = size;
  return STATUS_SUCCESS;
}

bool fits(const Memory& memory, std::size_t offset, std::size_t size) {
  return offset <= memory.size && size <= memory.size - offset;
}

NTSTATUS memory_copy_to_buffer(PWDF_DRIVER_GLOBALS, WDFMEMORY handle, size_t offset, PVOID buffer,
                               size_t size) {
  const Memory& memory = object_of<Memory>(handle);
  require(buffer);
  if (size == 0) return STATUS_INVALID_PARAMETER;
  if (!fits(memory, offset, size)) return STATUS_BUFFER_TOO_SMALL;
  std::memcpy(buffer, static_cast<const std::byte*>(memory.buffer) + offset, size);
  return STATUS_SUCCESS;
}

NTSTATUS memory_copy_from_buffer(PWDF_DRIVER_GLOBALS, WDFMEMORY handle, size_t offset, PVOID buffer,
                                 size_t size) {
  const Memory& memory = object_of<Memory>(handle);
  require(buffer);
  if (size == 0) return STATUS_INVALID_PARAMETER;
  if (!fits(memory, offset, size)) return STATUS_BUFFER_TOO_SMALL;
  std::memcpy(static_cast<std::byte*>(memory.buffer) + offset, buffer, size);
  return STATUS_SUCCESS;
}

}  // namespace

void Memory::on_destroy() {
  if (owned) nt::service<nt::Pool>().release(buffer);
  if (held_ != nullptr) framework().release(*held_);
}

void Memory::hold(Object& other) {
  framework().reference(other);
  held_ = &other;
}

NTSTATUS make_pool_memory(Client& client, const WDF_OBJECT_ATTRIBUTES* attributes, ULONG tag,
                          std::size_t size, WDFMEMORY* handle) {
  if (size == 0) return STATUS_INVALID_PARAMETER;
  return create_in_pool(client, attributes, tag, size, handle, nullptr);
}

NTSTATUS make_pool_memory(Client& client, const WDF_OBJECT_ATTRIBUTES* attributes, ULONG tag,
                          std::span<const std::byte> content, WDFMEMORY* handle) {
  if (content.empty()) return STATUS_INVALID_PARAMETER;
  PVOID buffer = nullptr;
  const NTSTATUS status = create_in_pool(client, attributes, tag, content.size(), handle, &buffer);
  if (NT_SUCCESS(status)) std::memcpy(buffer, content.data(), content.size());
  return status;
}

NTSTATUS slice_of(const Memory& memory, const WDFMEMORY_OFFSET* offsets, Slice* slice) {
  *slice = {memory.buffer, memory.size};
  if (offsets == nullptr) return STATUS_SUCCESS;
  std::size_t end = 0;
  if (__builtin_add_overflow(offsets->BufferOffset, offsets->BufferLength, &end))
    return STATUS_INTEGER_OVERFLOW;
  if (end > memory.size) return STATUS_BUFFER_TOO_SMALL;
  slice->data = static_cast<std::byte*>(memory.buffer) + offsets->BufferOffset;
  slice->size =
      offsets->BufferLength != 0 ? offsets->BufferLength : memory.size - offsets->BufferOffset;
  return STATUS_SUCCESS;
}

Functions memory_functions() {
  static const std::array rows{
      DRYDOCK_WDF_ROW(WdfMemoryCreate, PFN_WDFMEMORYCREATE, memory_create, creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfMemoryCreatePreallocated, PFN_WDFMEMORYCREATEPREALLOCATED,
                      memory_create_preallocated, creates_up_to_dispatch),
      DRYDOCK_WDF_ROW(WdfMemoryGetBuffer, PFN_WDFMEMORYGETBUFFER, memory_get_buffer,
                      any_irql_quiet),
      DRYDOCK_WDF_ROW(WdfMemoryAssignBuffer, PFN_WDFMEMORYASSIGNBUFFER, memory_assign_buffer,
                      any_irql),
      DRYDOCK_WDF_ROW(WdfMemoryCopyToBuffer, PFN_WDFMEMORYCOPYTOBUFFER, memory_copy_to_buffer,
                      any_irql),
      DRYDOCK_WDF_ROW(WdfMemoryCopyFromBuffer, PFN_WDFMEMORYCOPYFROMBUFFER, memory_copy_from_buffer,
                      any_irql),
  };
  return rows;
}

}  // namespace drydock::kmdf
