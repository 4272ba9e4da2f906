/**
 * @file
 * Frame records on AArch64: the frame pointer (x29) is the address of the record.
 *
 * Source: Procedure Call Standard for the Arm 64-bit Architecture (AAPCS64), section 6.4.6, "The
 * Frame Pointer".
 */
#pragma once

#define FRAME_NEXT_OFFSET   0
#define FRAME_RETURN_OFFSET 8
