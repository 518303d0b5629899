"""The parts of bench/compare/run: each measures one or two requirements. A part is a module
with

    TITLE                what it asks, in a few words
    COST                 seconds that a run takes about, beside what --seconds says
    MEASURED             how many times --seconds is taken in a run
    NEEDS                the benchmark programs that it runs, if any
    measure(options, results)
"""
