//! Which code stands before which: what speaks for a code is weighed, and the weights are learnt.

/// How many points speak for a code.
pub(crate) const POINTS: usize = 12;
/// What was seen of a code: see [`NAMES`].
pub(crate) type Points = [f64; POINTS];

/// How often the weights are bettered at most.
const STEPS: usize = 25;

/// What each point is.
pub const NAMES: [&str; POINTS] = [
    "how likely the words are, and words for its chapter",
    "how often it was named",
    "nearness of its name",
    "root of the same",
    "nearest name of its heading",
    "votes for its heading",
    "nearest words of its heading by letters",
    "root of the sum of words, heading",
    "root of the sum of letters, heading",
    "nearest words by letters",
    "root of the sum of letters",
    "root of the sum of words",
];

/// The sum of the points as weighed.
pub(crate) fn score(weights: &Points, points: &Points) -> f64 {
    weights.iter().zip(points).map(|(w, p)| w * p).sum()
}

/// Chances from scores: they add up to one.
pub(crate) fn chances(scores: &[f64]) -> Vec<f64> {
    let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raised: Vec<f64> = scores.iter().map(|s| (s - best).exp()).collect();
    let whole: f64 = raised.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    raised.iter().map(|r| r / whole).collect()
}

/// Solves `bend · x = slope` for `x` by elimination; a ridge in `bend` keeps it from being singular.
pub(crate) fn solve<const N: usize>(mut bend: [[f64; N]; N], mut slope: [f64; N]) -> [f64; N] {
    for i in 0..N {
        let by = bend[i][i];
        let row = bend[i].map(|v| v / by);
        slope[i] /= by;
        bend[i] = row;
        for k in (0..N).filter(|k| *k != i) {
            let f = bend[k][i];
            for (v, r) in bend[k].iter_mut().zip(row) {
                *v -= f * r;
            }
            slope[k] -= f * slope[i];
        }
    }
    slope
}

/// Learns weights under which the right codes are likeliest among those at hand, by Newton's
/// method: each question is the points of its codes and which of them is right.
pub(crate) fn learn(asked: &[(&[Points], usize)]) -> Points {
    // Points are evened out by their width, so that the ridge weighs on all alike.
    let all = || asked.iter().flat_map(|(codes, _)| codes.iter());
    let count = all().count().max(1) as f64;
    let mut width = [0.0; POINTS];
    for (n, w) in width.iter_mut().enumerate() {
        let mean = all().map(|p| p[n]).sum::<f64>() / count;
        let square = all().map(|p| (p[n] - mean) * (p[n] - mean)).sum::<f64>();
        *w = (square / count).sqrt().max(1e-9);
    }
    let even: Vec<(Vec<Points>, usize)> = asked
        .iter()
        .map(|(codes, right)| {
            let codes = codes.iter().map(|p| std::array::from_fn(|n| p[n] / width[n]));
            (codes.collect(), *right)
        })
        .collect();
    let mut weights = [0.0; POINTS];
    let mut cost = surprise(&even, &weights);
    for _ in 0..STEPS {
        let step = step(&even, &weights);
        // A whole step may lead too far from where the curve was looked at.
        let mut part = 1.0;
        let next = loop {
            let next: Points = std::array::from_fn(|n| weights[n] - part * step[n]);
            let then = surprise(&even, &next);
            if then < cost {
                cost = then;
                break Some(next);
            }
            part /= 2.0;
            if part < 1e-3 {
                break None;
            }
        };
        let Some(next) = next else { break };
        weights = next;
    }
    std::array::from_fn(|n| weights[n] / width[n])
}

/// How unlikely the right codes are under these weights, with the ridge.
fn surprise(asked: &[(Vec<Points>, usize)], weights: &Points) -> f64 {
    let ridge: f64 = weights.iter().map(|w| w * w / 2.0).sum();
    let each = asked.iter().map(|(codes, right)| {
        let scores: Vec<f64> = codes.iter().map(|p| score(weights, p)).collect();
        -chances(&scores).get(*right).copied().unwrap_or(1.0).max(f64::MIN_POSITIVE).ln()
    });
    ridge + each.sum::<f64>()
}

/// Newton's step.
fn step(asked: &[(Vec<Points>, usize)], weights: &Points) -> Points {
    let mut slope = *weights;
    let mut bend = [[0.0; POINTS]; POINTS];
    for (n, row) in bend.iter_mut().enumerate() {
        row[n] = 1.0;
    }
    for (codes, right) in asked {
        let scores: Vec<f64> = codes.iter().map(|p| score(weights, p)).collect();
        let mut mean = [0.0; POINTS];
        for (p, chance) in codes.iter().zip(chances(&scores)) {
            for i in 0..POINTS {
                mean[i] += chance * p[i];
                for j in 0..POINTS {
                    bend[i][j] += chance * p[i] * p[j];
                }
            }
        }
        let right = codes.get(*right).unwrap_or(&mean);
        for i in 0..POINTS {
            slope[i] += mean[i] - right[i];
            for j in 0..POINTS {
                bend[i][j] -= mean[i] * mean[j];
            }
        }
    }
    solve(bend, slope)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(first: f64, second: f64) -> Points {
        let mut points = [0.0; POINTS];
        [points[0], points[1]] = [first, second];
        points
    }

    /// The first point tells, the second does not; weights far from the first step are reached.
    #[test]
    fn what_tells_the_right_code_is_learnt() {
        let easy = [points(0.0, 3.0), points(-9.0, 3.0), points(-9.0, -3.0)];
        let turned = [points(-9.0, 3.0), points(0.0, -3.0), points(-1.0, 3.0)];
        let asked: Vec<(&[Points], usize)> = [(&easy[..], 0), (&turned[..], 1)].repeat(20);
        let weights = learn(&asked);
        assert!(weights[0] > 0.5 && weights.iter().all(|w| w.is_finite()), "{weights:?}");
        for (codes, right) in asked {
            let scores: Vec<f64> = codes.iter().map(|p| score(&weights, p)).collect();
            let best =
                chances(&scores).iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|b| b.0);
            assert_eq!(best, Some(right), "{scores:?}");
        }
        assert_eq!(learn(&[]), [0.0; POINTS]);
    }
}
