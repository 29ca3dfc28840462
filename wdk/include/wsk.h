// SPDX-License-Identifier: Apache-2.0
// Winsock Kernel: what a driver registers and captures, and the tables it then calls through. The
// simulated machine has no provider of it.
#pragma once

#include "netioddk.h"
#include "wdm.h"
#include "ws2ipdef.h"

#ifdef WDK_DRIVER

#ifdef __cplusplus
extern "C" {
#endif

#define MAKE_WSK_VERSION(major, minor) ((USHORT)((major) << 8) | (USHORT)((minor) & 0xff))
#define WSK_MAJOR_VERSION(version) ((UCHAR)((version) >> 8))
#define WSK_MINOR_VERSION(version) ((UCHAR)(version))
#define WSK_NO_WAIT 0
#define WSK_INFINITE_WAIT 0xffffffffU
#define WSK_FLAG_BASIC_SOCKET 0x0
#define WSK_FLAG_LISTEN_SOCKET 0x1
#define WSK_FLAG_CONNECTION_SOCKET 0x2
#define WSK_FLAG_DATAGRAM_SOCKET 0x4
#define WSK_FLAG_STREAM_SOCKET 0x8
#define WSK_FLAG_AT_DISPATCH_LEVEL 0x8
#define WSK_FLAG_RELEASE_ASAP 0x2
#define WSK_FLAG_ABORTIVE 0x1
#define WSK_FLAG_NODELAY 0x2
#define WSK_FLAG_WAITALL 0x2
#define WSK_EVENT_RECEIVE_FROM 0x00000100
#define WSK_EVENT_ACCEPT 0x00000200
#define WSK_EVENT_SEND_BACKLOG 0x00000010
#define WSK_EVENT_RECEIVE 0x00000040
#define WSK_EVENT_DISCONNECT 0x00000080
#define WSK_EVENT_DISABLE 0x80000000U

typedef struct _WSK_CLIENT* PWSK_CLIENT;
typedef struct _WSK_SOCKET {
  const VOID* Dispatch;
} WSK_SOCKET, *PWSK_SOCKET;
typedef struct _WSK_BUF {
  PMDL Mdl;
  ULONG Offset;
  SIZE_T Length;
} WSK_BUF, *PWSK_BUF;
typedef struct _WSK_BUF_LIST {
  struct _WSK_BUF_LIST* Next;
  WSK_BUF Buffer;
} WSK_BUF_LIST, *PWSK_BUF_LIST;
typedef struct _WSK_DATA_INDICATION {
  struct _WSK_DATA_INDICATION* Next;
  WSK_BUF Buffer;
} WSK_DATA_INDICATION, *PWSK_DATA_INDICATION;
typedef struct _WSK_DATAGRAM_INDICATION {
  struct _WSK_DATAGRAM_INDICATION* Next;
  WSK_BUF Buffer;
  PCMSGHDR ControlInfo;
  ULONG ControlInfoLength;
  PSOCKADDR RemoteAddress;
} WSK_DATAGRAM_INDICATION, *PWSK_DATAGRAM_INDICATION;
typedef enum { WskSetOption, WskGetOption, WskIoctl, WskControlMax } WSK_CONTROL_SOCKET_TYPE;
typedef NTSTATUS(NTAPI* PFN_WSK_CLIENT_EVENT)(PVOID ClientContext, ULONG EventType,
                                              PVOID Information, SIZE_T InformationLength);
typedef NTSTATUS(NTAPI* PFN_WSK_RECEIVE_FROM_EVENT)(PVOID SocketContext, ULONG Flags,
                                                    PWSK_DATAGRAM_INDICATION DataIndication);
typedef NTSTATUS(NTAPI* PFN_WSK_RECEIVE_EVENT)(PVOID SocketContext, ULONG Flags,
                                               PWSK_DATA_INDICATION DataIndication,
                                               SIZE_T BytesIndicated, SIZE_T* BytesAccepted);
typedef NTSTATUS(NTAPI* PFN_WSK_DISCONNECT_EVENT)(PVOID SocketContext, ULONG Flags);
typedef NTSTATUS(NTAPI* PFN_WSK_SEND_BACKLOG_EVENT)(PVOID SocketContext, SIZE_T IdealBacklogSize);
typedef struct _WSK_CLIENT_CONNECTION_DISPATCH {
  PFN_WSK_RECEIVE_EVENT WskReceiveEvent;
  PFN_WSK_DISCONNECT_EVENT WskDisconnectEvent;
  PFN_WSK_SEND_BACKLOG_EVENT WskSendBacklogEvent;
} WSK_CLIENT_CONNECTION_DISPATCH, *PWSK_CLIENT_CONNECTION_DISPATCH;
typedef struct _WSK_CLIENT_DATAGRAM_DISPATCH {
  PFN_WSK_RECEIVE_FROM_EVENT WskReceiveFromEvent;
} WSK_CLIENT_DATAGRAM_DISPATCH, *PWSK_CLIENT_DATAGRAM_DISPATCH;
typedef NTSTATUS(NTAPI* PFN_WSK_ACCEPT_EVENT)(
    PVOID SocketContext, ULONG Flags, PSOCKADDR LocalAddress, PSOCKADDR RemoteAddress,
    PWSK_SOCKET AcceptSocket, PVOID* AcceptSocketContext,
    const WSK_CLIENT_CONNECTION_DISPATCH** AcceptSocketDispatch);
typedef struct _WSK_CLIENT_LISTEN_DISPATCH {
  PFN_WSK_ACCEPT_EVENT WskAcceptEvent;
  PVOID WskInspectEvent;
  PVOID WskAbortEvent;
} WSK_CLIENT_LISTEN_DISPATCH, *PWSK_CLIENT_LISTEN_DISPATCH;
typedef struct _WSK_EVENT_CALLBACK_CONTROL {
  const GUID* NpiId;
  ULONG EventMask;
} WSK_EVENT_CALLBACK_CONTROL, *PWSK_EVENT_CALLBACK_CONTROL;
typedef struct _WSK_CLIENT_DISPATCH {
  USHORT Version;
  USHORT Reserved;
  PFN_WSK_CLIENT_EVENT WskClientEvent;
} WSK_CLIENT_DISPATCH, *PWSK_CLIENT_DISPATCH;
typedef struct _WSK_CLIENT_NPI {
  PVOID ClientContext;
  const WSK_CLIENT_DISPATCH* Dispatch;
} WSK_CLIENT_NPI, *PWSK_CLIENT_NPI;
typedef struct _WSK_REGISTRATION {
  ULONGLONG ReservedRegistrationState;
  PVOID ReservedRegistrationContext;
  KSPIN_LOCK ReservedRegistrationLock;
} WSK_REGISTRATION, *PWSK_REGISTRATION;

typedef NTSTATUS(NTAPI* PFN_WSK_SOCKET)(PWSK_CLIENT Client, ADDRESS_FAMILY AddressFamily,
                                        USHORT SocketType, ULONG Protocol, ULONG Flags,
                                        PVOID SocketContext, const VOID* Dispatch,
                                        PEPROCESS OwningProcess, PETHREAD OwningThread,
                                        PSECURITY_DESCRIPTOR SecurityDescriptor, PIRP Irp);
typedef NTSTATUS(NTAPI* PFN_WSK_CONTROL_SOCKET)(PWSK_SOCKET Socket,
                                                WSK_CONTROL_SOCKET_TYPE RequestType,
                                                ULONG ControlCode, ULONG Level, SIZE_T InputSize,
                                                PVOID InputBuffer, SIZE_T OutputSize,
                                                PVOID OutputBuffer, SIZE_T* OutputSizeReturned,
                                                PIRP Irp);
typedef NTSTATUS(NTAPI* PFN_WSK_CLOSE_SOCKET)(PWSK_SOCKET Socket, PIRP Irp);
typedef NTSTATUS(NTAPI* PFN_WSK_BIND)(PWSK_SOCKET Socket, PSOCKADDR LocalAddress, ULONG Flags,
                                      PIRP Irp);
typedef NTSTATUS(NTAPI* PFN_WSK_CONNECT)(PWSK_SOCKET Socket, PSOCKADDR RemoteAddress, ULONG Flags,
                                         PIRP Irp);
typedef NTSTATUS(NTAPI* PFN_WSK_SEND)(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags, PIRP Irp);
typedef NTSTATUS(NTAPI* PFN_WSK_RECEIVE)(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags,
                                         PIRP Irp);
typedef NTSTATUS(NTAPI* PFN_WSK_SEND_TO)(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags,
                                         PSOCKADDR RemoteAddress, ULONG ControlInfoLength,
                                         PCMSGHDR ControlInfo, PIRP Irp);
typedef NTSTATUS(NTAPI* PFN_WSK_RECEIVE_FROM)(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags,
                                              PSOCKADDR RemoteAddress, PULONG ControlInfoLength,
                                              PCMSGHDR ControlInfo, PULONG ControlFlags, PIRP Irp);
typedef NTSTATUS(NTAPI* PFN_WSK_RELEASE_DATAGRAM_INDICATION_LIST)(
    PWSK_SOCKET Socket, PWSK_DATAGRAM_INDICATION DatagramIndication);
typedef NTSTATUS(NTAPI* PFN_WSK_GET_ADDRESS)(PWSK_SOCKET Socket, PSOCKADDR Address, PIRP Irp);
typedef NTSTATUS(NTAPI* PFN_WSK_DISCONNECT)(PWSK_SOCKET Socket, PWSK_BUF Buffer, ULONG Flags,
                                            PIRP Irp);
typedef NTSTATUS(NTAPI* PFN_WSK_CONTROL_CLIENT)(PWSK_CLIENT Client, ULONG ControlCode,
                                                SIZE_T InputSize, PVOID InputBuffer,
                                                SIZE_T OutputSize, PVOID OutputBuffer,
                                                SIZE_T* OutputSizeReturned, PIRP Irp);
typedef struct _WSK_PROVIDER_BASIC_DISPATCH {
  PFN_WSK_CONTROL_SOCKET WskControlSocket;
  PFN_WSK_CLOSE_SOCKET WskCloseSocket;
} WSK_PROVIDER_BASIC_DISPATCH, *PWSK_PROVIDER_BASIC_DISPATCH;
typedef struct _WSK_PROVIDER_DATAGRAM_DISPATCH {
  WSK_PROVIDER_BASIC_DISPATCH Basic;
  PFN_WSK_BIND WskBind;
  PFN_WSK_SEND_TO WskSendTo;
  PFN_WSK_RECEIVE_FROM WskReceiveFrom;
  PFN_WSK_RELEASE_DATAGRAM_INDICATION_LIST WskRelease;
  PFN_WSK_GET_ADDRESS WskGetLocalAddress;
} WSK_PROVIDER_DATAGRAM_DISPATCH, *PWSK_PROVIDER_DATAGRAM_DISPATCH;
typedef struct _WSK_PROVIDER_CONNECTION_DISPATCH {
  WSK_PROVIDER_BASIC_DISPATCH Basic;
  PFN_WSK_BIND WskBind;
  PFN_WSK_CONNECT WskConnect;
  PFN_WSK_GET_ADDRESS WskGetLocalAddress;
  PFN_WSK_GET_ADDRESS WskGetRemoteAddress;
  PFN_WSK_SEND WskSend;
  PFN_WSK_RECEIVE WskReceive;
  PFN_WSK_DISCONNECT WskDisconnect;
  PVOID WskRelease;
} WSK_PROVIDER_CONNECTION_DISPATCH, *PWSK_PROVIDER_CONNECTION_DISPATCH;
typedef struct _WSK_PROVIDER_DISPATCH {
  USHORT Version;
  USHORT Reserved;
  PFN_WSK_SOCKET WskSocket;
  PVOID WskSocketConnect;
  PFN_WSK_CONTROL_CLIENT WskControlClient;
  PVOID WskGetAddressInfo;
  PVOID WskFreeAddressInfo;
  PVOID WskGetNameInfo;
} WSK_PROVIDER_DISPATCH, *PWSK_PROVIDER_DISPATCH;
typedef struct _WSK_PROVIDER_NPI {
  PWSK_CLIENT Client;
  const WSK_PROVIDER_DISPATCH* Dispatch;
} WSK_PROVIDER_NPI, *PWSK_PROVIDER_NPI;

NTKERNELAPI NTSTATUS NTAPI WskRegister(PWSK_CLIENT_NPI WskClientNpi,
                                       PWSK_REGISTRATION WskRegistration);
NTKERNELAPI VOID NTAPI WskDeregister(PWSK_REGISTRATION WskRegistration);
NTKERNELAPI NTSTATUS NTAPI WskCaptureProviderNPI(PWSK_REGISTRATION WskRegistration,
                                                 ULONG WaitTimeout,
                                                 PWSK_PROVIDER_NPI WskProviderNpi);
NTKERNELAPI VOID NTAPI WskReleaseProviderNPI(PWSK_REGISTRATION WskRegistration);
NTKERNELAPI NTSTATUS NTAPI WskQueryProviderCharacteristics(PWSK_REGISTRATION WskRegistration,
                                                           PVOID WskProviderCharacteristics);

#ifdef __cplusplus
}
#endif

#endif  // WDK_DRIVER
