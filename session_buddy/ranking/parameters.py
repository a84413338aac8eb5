"""Every number of the ranking, and the measurement that chose it.

All were chosen on two sets of data at once, MetaTool and CLINC150, one setting for both, on rows that the benchmark
does not report: CLINC150's validation split, and of MetaTool's training rows up to 10 and at most a quarter per tool,
drawn with `random.Random(99)`; histories with seed 13. "Mean" is recall@1 over 18 histories (none, 1, 5, 20 and 100
past queries per skill, zipf, half of the skills cold, 20 % and 40 % of the history wrong and abandoned; both sets).
"""

# How many examples represent a skill, and of how many they are chosen when the memory is built: those with the smallest
# ids, which are hashes and so a fair sample, and the latest. With all of up to 100 past queries per skill recall@1 is
# 83.4 / 96.2, with the 64 least alike 83.8 / 96.3, with 64 drawn at random 83.6 / 95.7, with 24 83.0 / 94.8.
KEPT = 64
SAMPLED = 192
LATEST = 64

# The share of the nearest example in the similarity, from few past queries per skill to `KEPT` of them; the rest is the
# centroid's. The mean is 80.8 with none, 81.2 from 0.3 to 0.5. With many, half is better (83.5 against 83.0 with 0.3);
# with few, less of it is better for queries that need two skills: of every other of MetaTool's two-tool queries, with
# 20 past ones per tool, both are in the first five for 48.6 % with 0.5, 49.8 % with 0.33 and 50.2 % with 0.29.
NEAREST_SHARE = 0.2, 0.5
# What a use that failed or was abandoned weighs in its skill's centroid; it is no nearest example.
BAD_WEIGHT = 0.25

# Weights of the parts, each standardised over the skills, against 1 for the similarity. Without the classifier the
# mean is 80.0, without words 80.5; from 1 to 2 and from 0.1 to 0.3 it moves by 0.1. Less of the classifier, and more
# of TF-IDF than of BM25, is better for queries that need two skills (51.4 % with 1 and 49.8 % with 1.5; 50.6 % against
# 50.2 %).
CLASSIFIER_WEIGHT = 1.25
BM25_WEIGHT = 0.15
TFIDF_WEIGHT = 0.25
# Words count in full from this mean length of the texts on: in short names they mislead (CLINC150 by descriptions
# only: 66.7 without this rule, 70.4 with it; anything from 8 to 20 words does).
FULL_LENGTH = 10
# BM25 over a skill's best texts, mean of so many.
BEST_TEXTS = 3
# Words alone: BM25's best three and the TF-IDF centroid, equally. 75.2 / 83.2 with 20 past queries; BM25 over whole
# words alone 69.9 / 79.8.
LEXICAL_BM25, LEXICAL_TFIDF = 1.0, 1.0

# What a skill without history gets, times the mean by which the similarity of past queries to their own skill, each
# left out once, exceeds that to their skill's description. Half cold, means of seeds 13 to 15: about 65 / 75 without,
# 70.1 / 80.8 with 0.65, 71.0 / 80.9 with 0.85, 71.2 / 80.7 with 1.
COLD_BIAS = 0.85

# Standardised units for a completion rate one above the store's, and for a skill that is never chosen where chance
# says always: enough to decide between near ties, whose values differ by less than that.
RATE_WEIGHT = 0.3
RATE_PSEUDO_OBSERVATIONS = 5
STANDING_WEIGHT = 0.6
STANDING_PSEUDO_OBSERVATIONS = 5

# The inverse regularisation of the classifier, every skill weighing the same. From 3 to 30: 81.0 to 81.1.
CLASSIFIER_C = 10.0
# It is fitted anew when so large a share of the examples has changed, at least so many.
REFIT_SHARE, REFIT_LEAST = 0.1, 20

# How well the best skill fits: the raw similarity, plus this times the TF-IDF cosine (over 1 + this). Out-of-scope
# AUROC with 5 / 20 / 100 past queries: .975 / .981 / .985 by the similarity alone, .978 / .983 / .987 so.
FIT_TFIDF = 0.2

# How fast the score falls with what a skill is behind, in cosines. Where phases say nothing, a phase weight of 0.3
# costs 3.4 points of recall@1 if scores differ as the values do (1), and 0.2 with 3; where they matter it gains 5.4
# with 3 and 3.0 with 5 (see benchmarks/phases.py for the worlds).
SCORE_FALL = 3.0

# Phase: see `scoring.phase_rate`.
PHASE_PSEUDO_OBSERVATIONS = 5
UNKNOWN_RATE = 0.5
