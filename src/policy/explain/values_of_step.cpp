// SPDX-License-Identifier: Apache-2.0
#include "policy/explain/values_of_step.h"

#include <cstring>

#include "policy/text.h"

namespace drydock::policy {

StepValues::StepValues(const net::Step& step, wfp::LayerId layer,
                       const std::map<Guid, wfp::Value>& fields)
    : input_(std::make_unique<net::LayerInput>()) {
  FWP_BYTE_BLOB app_id{};
  const bool has_app = step.process && !step.process.program->path.empty();
  if (has_app) {
    auto path = to_utf16(step.process.program->path).value_or(u"");
    path.push_back(0);
    app_id_ = bytes_of(path);
    app_id = {.size = static_cast<UINT32>(app_id_.size()), .data = app_id_.data()};
  }
  FWP_BYTE_BLOB* user = nullptr;
  if (step.process && !step.process.program->user.empty()) {
    account_ = std::make_unique<Account>();
    user = account_->tokens.of(*step.process.program);
  }
  const net::Indicated indicated{
      .step = step, .layer = layer, .app_id = has_app ? &app_id : nullptr, .user = user};
  const auto filled = net::fill_values(indicated, *input_);
  const wfp::Layer& of = *wfp::find_layer(layer);
  for (std::size_t i = 0; i < filled.size(); ++i) {
    wfp::ValueView view;
    static_assert(sizeof view == sizeof filled[0]);
    std::memcpy(&view, &filled[i], sizeof view);
    if (view.type == wfp::DataType::byte_blob && view.blob != nullptr) {
      view = wfp::ValueView::of_blob(&blobs_.emplace_back(*view.blob));
    }
    const auto given = fields.find(of.fields[i].condition->key);
    if (given != fields.end()) view = keep(given->second);
    views_.push_back(view);
  }
}

// `value` stays with whoever gave it.
wfp::ValueView StepValues::keep(const wfp::Value& value) {
  wfp::ValueView view;
  view.type = value.type;
  switch (value.type) {
    case wfp::DataType::uint64:
      view.uint64 = &value.bits;
      break;
    case wfp::DataType::byte_array16:
    case wfp::DataType::byte_array6:
    case wfp::DataType::sid:
      view.bytes = value.bytes.data();
      break;
    case wfp::DataType::byte_blob:
      view = wfp::ValueView::of_blob(&blobs_.emplace_back(
          wfp::BlobView{static_cast<std::uint32_t>(value.bytes.size()), value.bytes.data()}));
      break;
    default:
      view.raw = value.bits;
  }
  return view;
}

}  // namespace drydock::policy
