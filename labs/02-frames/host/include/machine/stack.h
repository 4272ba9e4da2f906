/* Frame records on the host; nobody walks them there. */
#pragma once

#define FRAME_NEXT_OFFSET   0
#define FRAME_RETURN_OFFSET 8
