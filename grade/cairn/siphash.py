"""SipHash-2-4 (Aumasson and Bernstein, 2012): the keyed checksum of a protocol record."""

MASK = (1 << 64) - 1


def _rounds(v0: int, v1: int, v2: int, v3: int, count: int) -> tuple[int, int, int, int]:
    for _ in range(count):
        v0 = (v0 + v1) & MASK
        v2 = (v2 + v3) & MASK
        v1 = ((v1 << 13 | v1 >> 51) & MASK) ^ v0
        v3 = ((v3 << 16 | v3 >> 48) & MASK) ^ v2
        v0 = (v0 << 32 | v0 >> 32) & MASK
        v2 = (v2 + v1) & MASK
        v0 = (v0 + v3) & MASK
        v1 = ((v1 << 17 | v1 >> 47) & MASK) ^ v2
        v3 = ((v3 << 21 | v3 >> 43) & MASK) ^ v0
        v2 = (v2 << 32 | v2 >> 32) & MASK
    return v0, v1, v2, v3


def siphash24(key: bytes, data: bytes) -> int:
    """The 64-bit checksum of `data` under a key of 16 bytes."""
    if len(key) != 16:
        raise ValueError("a SipHash key has 16 bytes")
    k0 = int.from_bytes(key[:8], "little")
    k1 = int.from_bytes(key[8:], "little")
    v0, v1 = k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D
    v2, v3 = k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573
    whole = len(data) // 8 * 8
    words = [int.from_bytes(data[at : at + 8], "little") for at in range(0, whole, 8)]
    words.append(int.from_bytes(data[whole:].ljust(7, b"\0"), "little") | (len(data) & 255) << 56)
    for word in words:
        v3 ^= word
        v0, v1, v2, v3 = _rounds(v0, v1, v2, v3, 2)
        v0 ^= word
    v0, v1, v2, v3 = _rounds(v0, v1, v2 ^ 0xFF, v3, 4)
    return v0 ^ v1 ^ v2 ^ v3
