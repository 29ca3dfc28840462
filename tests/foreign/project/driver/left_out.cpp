// SPDX-License-Identifier: Apache-2.0
#error not a source of the Release configuration
