/* SPDX-License-Identifier: MIT */
/*
 * The writer waits for a second and more before it tries again; here nobody has that
 * time. The programs are linked so that its timed wait ends after some milliseconds.
 */
#include <errno.h>
#include <pthread.h>
#include <time.h>

enum { WAIT_NS = 2000000, SECOND_NS = 1000000000 };

int __real_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
				  const struct timespec *until);
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
				  const struct timespec *until);

int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
				  const struct timespec *until)
{
	struct timespec soon;
	(void)until; /* of the monotonic clock, as is this */
	clock_gettime(CLOCK_MONOTONIC, &soon);
	soon.tv_nsec += WAIT_NS;
	if (soon.tv_nsec >= SECOND_NS) {
		soon.tv_nsec -= SECOND_NS;
		soon.tv_sec++;
	}
	return __real_pthread_cond_timedwait(condition, mutex, &soon);
}
