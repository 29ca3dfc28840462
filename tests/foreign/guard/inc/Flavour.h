// SPDX-License-Identifier: Apache-2.0
// Found through the project file's include folder, and defined by its preprocessor definitions.
#pragma once
int FlavourOfGuard();
