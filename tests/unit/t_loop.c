/* The end of a turn: once per arming, in order, never inside the call that armed it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "proc/loop.h"

struct fixture {
	struct rk_loop loop;
	struct rk_turn a, b, c;
	char trace[64];
	unsigned n;
};

static void
note(struct fixture *f, char c)
{
	assert_true(f->n + 1 < sizeof(f->trace));
	f->trace[f->n++] = c;
}

static void
run_a(void *arg)
{
	note(arg, 'a');
}

static void
run_b(void *arg)
{
	struct fixture *f = arg;

	note(f, 'b');
	/* Work armed by work belongs to the next turn; the loop must not sleep before it. */
	rk_loop_at_turn_end(&f->loop, &f->c);
}

static void
run_c(void *arg)
{
	struct fixture *f = arg;

	note(f, 'c');
	rk_loop_stop(&f->loop);
}

static int
setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){ 0 };
	if (rk_loop_init(&f.loop) != RK_OK)
		return -1;
	f.a = (struct rk_turn){ .run = run_a, .arg = &f };
	f.b = (struct rk_turn){ .run = run_b, .arg = &f };
	f.c = (struct rk_turn){ .run = run_c, .arg = &f };
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	rk_loop_done(&f->loop);
	return 0;
}

static void
runs_each_once_in_order(void **state)
{
	struct fixture *f = *state;

	rk_loop_at_turn_end(&f->loop, &f->a);
	rk_loop_at_turn_end(&f->loop, &f->b);
	rk_loop_at_turn_end(&f->loop, &f->a);
	assert_int_equal(f->n, 0);
	rk_loop_run(&f->loop);
	assert_string_equal(f->trace, "abc");
}

static void
takes_back_first_middle_and_last(void **state)
{
	struct fixture *f = *state;

	rk_loop_at_turn_end(&f->loop, &f->a);
	rk_loop_at_turn_end(&f->loop, &f->b);
	rk_loop_at_turn_end(&f->loop, &f->c);
	rk_loop_turn_cancel(&f->loop, &f->b);
	rk_loop_run(&f->loop);
	assert_string_equal(f->trace, "ac");

	rk_loop_at_turn_end(&f->loop, &f->a);
	rk_loop_turn_cancel(&f->loop, &f->a);
	rk_loop_turn_cancel(&f->loop, &f->a);
	rk_loop_at_turn_end(&f->loop, &f->c);
	rk_loop_run(&f->loop);
	assert_string_equal(f->trace, "acc");

	/* The last one taken back: what is armed after it must not be lost. */
	rk_loop_at_turn_end(&f->loop, &f->a);
	rk_loop_at_turn_end(&f->loop, &f->b);
	rk_loop_turn_cancel(&f->loop, &f->b);
	rk_loop_at_turn_end(&f->loop, &f->c);
	rk_loop_run(&f->loop);
	assert_string_equal(f->trace, "accac");
}

static void
cancel_a_and_b(void *arg)
{
	struct fixture *f = arg;

	rk_loop_turn_cancel(&f->loop, &f->a);
	rk_loop_turn_cancel(&f->loop, &f->b);
}

static void
takes_back_from_within_a_turn(void **state)
{
	struct fixture *f = *state;
	struct rk_turn killer = { .run = cancel_a_and_b, .arg = f };

	rk_loop_at_turn_end(&f->loop, &f->c);
	rk_loop_at_turn_end(&f->loop, &killer);
	rk_loop_at_turn_end(&f->loop, &f->a);
	rk_loop_at_turn_end(&f->loop, &f->b);
	rk_loop_run(&f->loop);
	assert_string_equal(f->trace, "c");
	/* The queue is whole afterwards. */
	rk_loop_at_turn_end(&f->loop, &f->a);
	rk_loop_at_turn_end(&f->loop, &f->c);
	rk_loop_run(&f->loop);
	assert_string_equal(f->trace, "cac");
}

static void
done_runs_what_is_armed(void **state)
{
	struct fixture *f = *state;

	rk_loop_at_turn_end(&f->loop, &f->a);
	rk_loop_done(&f->loop);
	assert_string_equal(f->trace, "a");
	assert_int_equal(rk_loop_init(&f->loop), RK_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(runs_each_once_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(takes_back_first_middle_and_last, setup, teardown),
		cmocka_unit_test_setup_teardown(takes_back_from_within_a_turn, setup, teardown),
		cmocka_unit_test_setup_teardown(done_runs_what_is_armed, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
