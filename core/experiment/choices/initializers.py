"""What random numbers weights start from."""

from __future__ import annotations

from core.experiment.fields import Option

INITIALIZERS: tuple[Option, ...] = (
    Option("glorot_uniform", "Glorot uniform", "Keras's own choice; suits sigmoid, tanh and softmax."),
    Option("glorot_normal", "Glorot normal", "The same spread, drawn from a normal distribution."),
    Option("he_uniform", "He uniform", "Twice the variance, as ReLU silences half of its inputs."),
    Option("he_normal", "He normal", "The usual choice for deep stacks of ReLU."),
    Option("lecun_uniform", "LeCun uniform", "Variance 1 / inputs."),
    Option("lecun_normal", "LeCun normal", "Variance 1 / inputs; SELU needs it."),
    Option("orthogonal", "orthogonal", "Rows at right angles: lengths are kept through deep stacks."),
    Option("random_normal", "normal, 0.05", "Normal numbers of spread 0.05, whatever the layer's size."),
    Option("random_uniform", "uniform, ±0.05", "Numbers from −0.05 to 0.05, whatever the layer's size."),
    Option("zeros", "zeros", "All weights equal: every neuron learns the same. To see why one doesn't."),
    Option("ones", "ones", "All weights 1: like zeros, but the sums explode. To see why one doesn't."),
)
