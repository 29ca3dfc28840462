// SPDX-License-Identifier: Apache-2.0
// NET_BUFFERs and lists of them: pools, data that grows and shrinks, copies, clones.
#include "probe.h"

#include <ndis.h>

static NDIS_HANDLE lists;    // pool of lists with a buffer each
static NDIS_HANDLE buffers;  // pool of buffers
static UCHAR data[32];
static PMDL chain;
static LONG mdls;

static NDIS_HANDLE list_pool(BOOLEAN with_buffer) {
  NET_BUFFER_LIST_POOL_PARAMETERS parameters = {0};
  parameters.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
  parameters.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
  parameters.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
  parameters.fAllocateNetBuffer = with_buffer;
  parameters.PoolTag = 'sdnP';
  return NdisAllocateNetBufferListPool(NULL, &parameters);
}

static VOID pools_are_made(VOID) {
  NET_BUFFER_POOL_PARAMETERS parameters = {0};
  ULONG i;
  parameters.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
  parameters.Header.Revision = NET_BUFFER_POOL_PARAMETERS_REVISION_1;
  parameters.Header.Size = NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1;
  parameters.PoolTag = 'sdnP';
  EXPECT(NdisGetVersion() >= 0x60000);
  lists = list_pool(TRUE);
  buffers = NdisAllocateNetBufferPool(NULL, &parameters);
  EXPECT(lists != NULL && buffers != NULL);
  for (i = 0; i < sizeof(data); ++i) data[i] = (UCHAR)i;
  chain = NdisAllocateMdl(NULL, data, 16);
  EXPECT(chain != NULL && MmGetMdlByteCount(chain) == 16 && chain->Next == NULL);
  EXPECT(MmGetMdlVirtualAddress(chain) == data);
  chain->Next = NdisAllocateMdl(NULL, data + 16, 16);
}

static UCHAR first_byte(PNET_BUFFER buffer) {
  PUCHAR at = NdisGetDataBuffer(buffer, 1, NULL, 1, 0);
  return at != NULL ? *at : 0xff;
}

static VOID buffer_advances_over_mdls(VOID) {
  PNET_BUFFER buffer = NdisAllocateNetBuffer(buffers, chain, 4, 24);
  EXPECT(buffer != NULL && NdisGetPoolFromNetBuffer(buffer) == buffers);
  EXPECT(NET_BUFFER_DATA_LENGTH(buffer) == 24 && NET_BUFFER_DATA_OFFSET(buffer) == 4);
  EXPECT(NET_BUFFER_CURRENT_MDL(buffer) == chain && first_byte(buffer) == 4);
  NET_BUFFER_DATA_OFFSET(buffer) = 20;
  NdisAdjustNetBufferCurrentMdl(buffer);
  EXPECT(NET_BUFFER_CURRENT_MDL(buffer) == chain->Next);
  EXPECT_IS(4, NET_BUFFER_CURRENT_MDL_OFFSET(buffer));
  EXPECT_IS(20, first_byte(buffer));
  NdisFreeNetBuffer(buffer);
}

static PMDL NTAPI allocate_front(PULONG size) {
  PVOID memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, *size, 'sdnP');
  ++mdls;
  return NdisAllocateMdl(NULL, memory, *size);
}

static VOID NTAPI free_front(PMDL mdl) {
  PVOID memory = MmGetMdlVirtualAddress(mdl);
  --mdls;
  NdisFreeMdl(mdl);
  ExFreePoolWithTag(memory, 'sdnP');
}

static VOID list_retreats_with_the_drivers_memory_and_advances(VOID) {
  PNET_BUFFER_LIST list = NdisAllocateNetBufferAndNetBufferList(lists, 0, 0, chain, 4, 24);
  PNET_BUFFER buffer = NET_BUFFER_LIST_FIRST_NB(list);
  EXPECT(NdisGetPoolFromNetBufferList(list) == lists);
  EXPECT_IS(NDIS_STATUS_SUCCESS,
            NdisRetreatNetBufferListDataStart(list, 4, 0, allocate_front, free_front));
  EXPECT(mdls == 0 && NET_BUFFER_DATA_OFFSET(buffer) == 0 && first_byte(buffer) == 0);
  EXPECT_IS(NDIS_STATUS_SUCCESS,
            NdisRetreatNetBufferListDataStart(list, 8, 0, allocate_front, free_front));
  EXPECT(mdls == 1 && NET_BUFFER_FIRST_MDL(buffer)->Next == chain);
  EXPECT_IS(36, NET_BUFFER_DATA_LENGTH(buffer));
  NdisAdvanceNetBufferListDataStart(list, 8, TRUE, free_front);
  EXPECT(mdls == 0 && NET_BUFFER_FIRST_MDL(buffer) == chain);
  EXPECT(NET_BUFFER_DATA_LENGTH(buffer) == 28 && first_byte(buffer) == 0);
  NdisFreeNetBufferList(list);
}

static VOID data_are_copied_between_buffers(VOID) {
  static UCHAR room[20];
  PMDL target = NdisAllocateMdl(NULL, room, sizeof(room));
  PNET_BUFFER from = NdisAllocateNetBuffer(buffers, chain, 0, 32);
  PNET_BUFFER to = NdisAllocateNetBuffer(buffers, target, 2, 18);
  ULONG copied = 0;
  EXPECT_IS(NDIS_STATUS_SUCCESS, NdisCopyFromNetBufferToNetBuffer(to, 1, 10, from, 12, &copied));
  EXPECT_IS(10, copied);
  EXPECT_TEXT(data + 12, 10, room + 3);
  EXPECT(room[2] == 0 && room[13] == 0);
  NdisCopyFromNetBufferToNetBuffer(to, 10, 10, from, 0, &copied);
  EXPECT_IS(8, copied);
  NdisFreeNetBuffer(to);
  NdisFreeNetBuffer(from);
  NdisFreeMdl(target);
}

static VOID clone_describes_the_same_data(VOID) {
  PNET_BUFFER_LIST list = NdisAllocateNetBufferAndNetBufferList(lists, 0, 0, chain, 14, 10);
  PNET_BUFFER_LIST clone;
  UCHAR storage[10];
  clone = NdisAllocateCloneNetBufferList(list, lists, buffers, NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS);
  EXPECT(clone != NULL && clone->ParentNetBufferList == list && list->ChildRefCount == 1);
  EXPECT(NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(clone)) == chain);
  NdisFreeCloneNetBufferList(clone, NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS);
  EXPECT_IS(0, list->ChildRefCount);
  clone = NdisAllocateCloneNetBufferList(list, lists, buffers, 0);
  EXPECT(NET_BUFFER_FIRST_MDL(NET_BUFFER_LIST_FIRST_NB(clone)) != chain);
  EXPECT_IS(10, NET_BUFFER_DATA_LENGTH(NET_BUFFER_LIST_FIRST_NB(clone)));
  EXPECT(NdisGetDataBuffer(NET_BUFFER_LIST_FIRST_NB(clone), 10, storage, 1, 0) == storage);
  EXPECT_TEXT(data + 14, 10, storage);
  NdisFreeCloneNetBufferList(clone, 0);
  NdisFreeNetBufferList(list);
}

static VOID out_of_band_data_are_copied(VOID) {
  NDIS_HANDLE plain = list_pool(FALSE);
  PNET_BUFFER_LIST from = NdisAllocateNetBufferList(plain, 0, 0);
  PNET_BUFFER_LIST to = NdisAllocateNetBufferList(plain, 0, 0);
  EXPECT(from != NULL && NET_BUFFER_LIST_FIRST_NB(from) == NULL);
  NET_BUFFER_LIST_INFO(from, TcpIpChecksumNetBufferListInfo) = (PVOID)(ULONG_PTR)0x15;
  NdisCopySendNetBufferListInfo(to, from);
  EXPECT(NET_BUFFER_LIST_INFO(to, TcpIpChecksumNetBufferListInfo) == (PVOID)(ULONG_PTR)0x15);
  NET_BUFFER_LIST_INFO(from, TcpIpChecksumNetBufferListInfo) = (PVOID)(ULONG_PTR)0x16;
  NdisCopyReceiveNetBufferListInfo(to, from);
  EXPECT(NET_BUFFER_LIST_INFO(to, TcpIpChecksumNetBufferListInfo) == (PVOID)(ULONG_PTR)0x16);
  NdisFreeNetBufferList(to);
  NdisFreeNetBufferList(from);
  NdisFreeNetBufferListPool(plain);
}

static VOID generic_objects_stand_for_drivers_without_an_adapter(VOID) {
  PNDIS_GENERIC_OBJECT object =
      NdisAllocateGenericObject(probe_driver, 'sdnP', sizeof(NDIS_GENERIC_OBJECT));
  EXPECT(object != NULL && object->DriverObject == probe_driver);
  EXPECT(object->Header.Type == NDIS_OBJECT_TYPE_GENERIC_OBJECT);
  NdisFreeGenericObject(object);
}

static VOID pools_go(VOID) {
  NdisFreeMdl(chain->Next);
  NdisFreeMdl(chain);
  NdisFreeNetBufferPool(buffers);
  NdisFreeNetBufferListPool(lists);
}

PROBE_CASE* const probe_cases[] = {
    pools_are_made,
    buffer_advances_over_mdls,
    list_retreats_with_the_drivers_memory_and_advances,
    data_are_copied_between_buffers,
    clone_describes_the_same_data,
    out_of_band_data_are_copied,
    generic_objects_stand_for_drivers_without_an_adapter,
    pools_go,
    NULL,
};
