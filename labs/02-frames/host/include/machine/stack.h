/* Frame records on the host; nobody walks them there. */
#ifndef HOST_STACK_H
#define HOST_STACK_H

#define FRAME_NEXT_OFFSET   0
#define FRAME_RETURN_OFFSET 8

#endif
