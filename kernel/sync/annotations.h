/**
 * @file
 * Lock annotations, checked at build time by clang's thread-safety analysis (`make check`).
 *
 * Source: https://clang.llvm.org/docs/ThreadSafetyAnalysis.html. They mean nothing to GCC.
 *
 * @addtogroup spinlock
 * @{
 */
#pragma once

#ifdef __clang__
#define LOCK_ANNOTATION(x) __attribute__((x))
#else
#define LOCK_ANNOTATION(x)
#endif

/** A type that is a lock. */
#define LOCK_TYPE(name) LOCK_ANNOTATION(capability(name))
/** A variable or field that may be touched only while @p lock is held. */
#define GUARDED_BY(lock) LOCK_ANNOTATION(guarded_by(lock))
/** Memory behind a pointer that may be touched only while @p lock is held. */
#define POINTEE_GUARDED_BY(lock) LOCK_ANNOTATION(pt_guarded_by(lock))
/** A function that takes @p lock and returns with it held. */
#define ACQUIRES(lock) LOCK_ANNOTATION(acquire_capability(lock))
/** A function that gives @p lock up. */
#define RELEASES(lock) LOCK_ANNOTATION(release_capability(lock))
/** A function that its caller calls with @p lock held. */
#define REQUIRES(lock) LOCK_ANNOTATION(requires_capability(lock))
/** A function that its caller must not call with @p lock held. */
#define EXCLUDES(lock) LOCK_ANNOTATION(locks_excluded(lock))
/** A function that the analysis can't follow; its comment says why it is right. */
#define NO_LOCK_ANALYSIS LOCK_ANNOTATION(no_thread_safety_analysis)

/** @} */
