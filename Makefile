.PHONY: run test ci lint

run:
	./run

test:
	./test

ci:
	.ci/run

lint:
	.ci/run --lint
