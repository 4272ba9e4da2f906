/*
 * Counting bits, for processors without an instruction for it, and shifting 128 of them: the
 * compiler turns its builtins, and shifts when it saves space, into calls of these. Source: GCC
 * internals manual, section 4.1.
 */
#include <stdint.h>

int __popcountdi2(int64_t value);
int __ctzdi2(int64_t value);
int __clzdi2(int64_t value);
__int128 __lshrti3(__int128 value, int distance);
__int128 __ashlti3(__int128 value, int distance);

/* Adds up bits in pairs, then in fours, then in bytes; a multiplication adds the eight bytes. */
int __popcountdi2(int64_t value)
{
    uint64_t sum = (uint64_t)value;

    sum -= sum >> 1 & UINT64_C(0x5555555555555555);
    sum = (sum & UINT64_C(0x3333333333333333)) + (sum >> 2 & UINT64_C(0x3333333333333333));
    sum = (sum + (sum >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (int)(sum * UINT64_C(0x0101010101010101) >> 56);
}

/* The zeros below the lowest set bit are the ones after a borrow. */
int __ctzdi2(int64_t value)
{
    uint64_t bits = (uint64_t)value;

    return __popcountdi2((int64_t)(~bits & (bits - 1)));
}

/* With all bits below the highest one set, those that are left are the leading zeros. */
int __clzdi2(int64_t value)
{
    uint64_t bits = (uint64_t)value;

    for (unsigned distance = 1; distance < 64; distance *= 2)
        bits |= bits >> distance;
    return 64 - __popcountdi2((int64_t)bits);
}

/* Shifts by 64 are no shifts: they take a half. So they need no call. */
static __int128 from_halves(uint64_t high, uint64_t low)
{
    return (__int128)((unsigned __int128)high << 64 | low);
}

/* Distances are 0 to 127; what crosses over moves in two steps, so that neither is by 64. */
__int128 __lshrti3(__int128 value, int distance)
{
    uint64_t high = (uint64_t)((unsigned __int128)value >> 64);
    uint64_t low = (uint64_t)value;

    if (distance >= 64)
        return from_halves(0, high >> (distance - 64));
    return from_halves(high >> distance, low >> distance | high << 1 << (63 - distance));
}

__int128 __ashlti3(__int128 value, int distance)
{
    uint64_t high = (uint64_t)((unsigned __int128)value >> 64);
    uint64_t low = (uint64_t)value;

    if (distance >= 64)
        return from_halves(low << (distance - 64), 0);
    return from_halves(high << distance | low >> 1 >> (63 - distance), low << distance);
}
