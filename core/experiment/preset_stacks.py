"""The presets' hidden layers, as (kind, parameters) pairs; a block's `branches` hold stacks."""

from __future__ import annotations

from typing import Any

Stack = tuple[tuple[str, dict[str, Any]], ...]

NOTEBOOK: Stack = (
    ("Flatten", {}),
    ("Dense", {"units": 512, "activation": "relu"}),
    ("Dense", {"units": 512, "activation": "relu"}),
)

ARTICLE: Stack = (
    ("Flatten", {}),
    ("Dense", {"units": 64, "activation": "relu"}),
    ("Dense", {"units": 32, "activation": "relu"}),
)

ARTICLE_DROPOUT: Stack = (
    ("Flatten", {}),
    ("Dense", {"units": 64, "activation": "relu"}),
    ("Dropout", {"rate": 0.2}),
    ("Dense", {"units": 32, "activation": "relu"}),
)

# LeCun et al., Gradient-Based Learning Applied to Document Recognition, 1998, figure 2; averages
# without the weights they had there, and softmax for radial basis functions at the end
LENET: Stack = (
    ("Conv2D", {"filters": 6, "kernel_size": 5, "padding": "same", "activation": "tanh"}),
    ("AveragePooling2D", {}),
    ("Conv2D", {"filters": 16, "kernel_size": 5, "activation": "tanh"}),
    ("AveragePooling2D", {}),
    ("Flatten", {}),
    ("Dense", {"units": 120, "activation": "tanh"}),
    ("Dense", {"units": 84, "activation": "tanh"}),
)

SMALL_CNN: Stack = (
    ("Conv2D", {"filters": 16, "kernel_size": 3}),
    ("MaxPooling2D", {"pool_size": 2, "padding": "same"}),
    ("Conv2D", {"filters": 32, "kernel_size": 3}),
    ("MaxPooling2D", {"pool_size": 2, "padding": "same"}),
    ("Flatten", {}),
    ("Dropout", {"rate": 0.3}),
)


def _convolution(filters: int, **more: object) -> Stack:
    """Return a convolution without bias or activation, then normalization and ReLU."""
    plain = {"filters": filters, "padding": "same", "activation": "linear", "use_bias": False}
    # Keras's 0.99 takes thousands of steps to forget how it began: Digits would stay at chance for long
    averages = ("BatchNormalization", {"momentum": 0.9})
    return (("Conv2D", {**plain, **more}), averages, ("Activation", {}))


MODERN: Stack = (
    ("RandomTranslation", {"height_factor": 0.08, "width_factor": 0.08}),
    ("RandomRotation", {"factor": 0.03}),
    *_convolution(16),
    *_convolution(16),
    ("MaxPooling2D", {}),
    *_convolution(32),
    *_convolution(32),
    ("MaxPooling2D", {}),
    ("SpatialDropout2D", {"rate": 0.1}),
    *_convolution(64),
    ("GlobalAveragePooling2D", {}),
    ("Dropout", {"rate": 0.2}),
)

# Szegedy et al., Going Deeper with Convolutions, 2014, figure 2b, in small
INCEPTION: Stack = (
    ("Conv2D", {"filters": 8, "padding": "same"}),
    ("MaxPooling2D", {}),
    (
        "Parallel",
        {
            "branches": (
                (("Conv2D", {"filters": 8, "kernel_size": 1, "padding": "same"}),),
                (
                    ("Conv2D", {"filters": 8, "kernel_size": 1, "padding": "same"}),
                    ("Conv2D", {"filters": 16, "kernel_size": 3, "padding": "same"}),
                ),
                (
                    ("Conv2D", {"filters": 4, "kernel_size": 1, "padding": "same"}),
                    ("Conv2D", {"filters": 8, "kernel_size": 5, "padding": "same"}),
                ),
            )
        },
    ),
    ("MaxPooling2D", {}),
    ("Flatten", {}),
    ("Dropout", {"rate": 0.3}),
)


def _residual(filters: int, strides: int = 1) -> Stack:
    """Return a block as in He et al., Deep Residual Learning, 2015, figure 2, and ReLU behind it."""
    first = _convolution(filters, strides=strides)
    second = _convolution(filters)[:-1]
    return (("Residual", {"branches": ((*first, *second),)}), ("Activation", {}))


RESNET: Stack = (
    *_convolution(16),
    *_residual(16),
    *_residual(32, strides=2),
    *_residual(64, strides=2),
    ("GlobalAveragePooling2D", {}),
)

BROKEN: Stack = (
    ("Conv2D", {"filters": 8, "kernel_size": 3}),
    ("MaxPooling2D", {}),
    ("Conv2D", {"filters": 16, "kernel_size": 15}),
    ("Dense", {"units": 64, "activation": "linear"}),
    ("Dense", {"units": 32, "activation": "softmax"}),
)
