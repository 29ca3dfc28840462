// SPDX-License-Identifier: Apache-2.0
// Functions of fwpkclnt.sys about what this machine does not have - IPsec, IKE, connection
// policies, a log of network events: each answers STATUS_NOT_SUPPORTED, and docs/coverage.md says
// so.
#include <array>

#include "wfp/kernel/exports.h"
#include "wfp/kernel/management.h"
#include "wfp/kernel/management_rows.h"

namespace drydock::wfp {
namespace {

// Stands for functions of any signature that begins with an engine handle: the caller of a Windows
// function cleans up its arguments itself, so those behind the first may be left unread.
NTSTATUS refuse(HANDLE) {
  const machine::Frame* frame = machine::Machine::current()->running().frames;
  return management().noted(frame->row->name, static_cast<NTSTATUS>(FwpStatus::not_supported));
}

#define REFUSED(name) UNDECLARED_ROW(name, refuse, .refused = true)

}  // namespace

ExportRows refused_exports() {
  static const std::array rows{
      REFUSED(FwpmIPsecTunnelAdd0),
      REFUSED(FwpmIPsecTunnelAdd1),
      REFUSED(FwpmIPsecTunnelAdd2),
      REFUSED(FwpmIPsecTunnelAdd3),
      REFUSED(FwpmIPsecTunnelDeleteByKey0),
      REFUSED(IPsecGetStatistics0),
      REFUSED(IPsecGetStatistics1),
      REFUSED(IPsecSaContextCreate0),
      REFUSED(IPsecSaContextCreate1),
      REFUSED(IPsecSaContextDeleteById0),
      REFUSED(IPsecSaContextGetById0),
      REFUSED(IPsecSaContextGetById1),
      REFUSED(IPsecSaContextGetSpi0),
      REFUSED(IPsecSaContextGetSpi1),
      REFUSED(IPsecSaContextSetSpi0),
      REFUSED(IPsecSaContextAddInbound0),
      REFUSED(IPsecSaContextAddOutbound0),
      REFUSED(IPsecSaContextAddInbound1),
      REFUSED(IPsecSaContextAddOutbound1),
      REFUSED(IPsecSaContextExpire0),
      REFUSED(IPsecSaContextUpdate0),
      REFUSED(IPsecSaContextCreateEnumHandle0),
      REFUSED(IPsecSaContextEnum0),
      REFUSED(IPsecSaContextEnum1),
      REFUSED(IPsecSaContextDestroyEnumHandle0),
      REFUSED(IPsecSaCreateEnumHandle0),
      REFUSED(IPsecSaEnum0),
      REFUSED(IPsecSaEnum1),
      REFUSED(IPsecSaDestroyEnumHandle0),
      REFUSED(IPsecSaDbGetSecurityInfo0),
      REFUSED(IPsecSaDbSetSecurityInfo0),
      REFUSED(IPsecDospGetStatistics0),
      REFUSED(IPsecDospStateCreateEnumHandle0),
      REFUSED(IPsecDospStateEnum0),
      REFUSED(IPsecDospStateDestroyEnumHandle0),
      REFUSED(IPsecDospGetSecurityInfo0),
      REFUSED(IPsecDospSetSecurityInfo0),
      REFUSED(IkeextGetStatistics0),
      REFUSED(IkeextGetStatistics1),
      REFUSED(IkeextSaDeleteById0),
      REFUSED(IkeextSaGetById0),
      REFUSED(IkeextSaGetById1),
      REFUSED(IkeextSaGetById2),
      REFUSED(IkeextSaCreateEnumHandle0),
      REFUSED(IkeextSaEnum0),
      REFUSED(IkeextSaEnum1),
      REFUSED(IkeextSaEnum2),
      REFUSED(IkeextSaDestroyEnumHandle0),
      REFUSED(IkeextSaDbGetSecurityInfo0),
      REFUSED(IkeextSaDbSetSecurityInfo0),
      REFUSED(FwpmNetEventCreateEnumHandle0),
      REFUSED(FwpmNetEventEnum0),
      REFUSED(FwpmNetEventEnum1),
      REFUSED(FwpmNetEventEnum2),
      REFUSED(FwpmNetEventEnum3),
      REFUSED(FwpmNetEventEnum4),
      REFUSED(FwpmNetEventEnum5),
      REFUSED(FwpmNetEventDestroyEnumHandle0),
      REFUSED(FwpmConnectionPolicyAdd0),
      REFUSED(FwpmConnectionPolicyDeleteByKey0),
  };
  return rows;
}

}  // namespace drydock::wfp
