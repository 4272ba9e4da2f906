/*
 * What the fuzzers of lab 04 share: an input that is taken byte by byte, checks that end the
 * program, and a count of operations. Each fuzzer is one source that includes this.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerInitialize(int *count, char ***words);

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static unsigned long operations;

/* What is left of the input; at its end there are zeros. */
struct input {
    const uint8_t *at;
    const uint8_t *end;
};

static inline unsigned take(struct input *input)
{
    return input->at == input->end ? 0 : *input->at++;
}

static inline void print_operations(void)
{
    fprintf(stderr, "operations: %lu\n", operations);
}
