/* A 64-bit digest of numbers and bytes: quick, even, and no secret. */
#ifndef SERVER_DIGEST_H
#define SERVER_DIGEST_H

#include <corridor/base.h>

/* The finaliser of splitmix64 (Steele, Lea, Flood 2014) over a running sum. */
static inline uint64_t digest_mix(uint64_t digest, uint64_t value)
{
    uint64_t z = digest + value + UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static inline uint64_t digest_bytes(uint64_t digest, struct span bytes)
{
    digest = digest_mix(digest, bytes.len);
    for (size_t i = 0; i < bytes.len; i += sizeof(uint64_t)) {
        size_t left = bytes.len - i;
        uint64_t piece = 0;
        memcpy(&piece, bytes.at + i, left < sizeof(piece) ? left : sizeof(piece));
        digest = digest_mix(digest, piece);
    }
    return digest;
}

#endif
