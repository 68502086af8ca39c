"""Singular learning theory: volumes of low loss, and learning coefficients."""

from simplicity.slt import exact, losses
from simplicity.slt.coefficient import LearningCoefficient, learning_coefficient
from simplicity.slt.curve import VolumeAt, VolumeCurve
from simplicity.slt.langevin import LangevinEstimate, langevin
from simplicity.slt.losses import Loss, loss
from simplicity.slt.map_losses import squared_error
from simplicity.slt.volume import volume

__all__ = [
    "LangevinEstimate",
    "LearningCoefficient",
    "Loss",
    "VolumeAt",
    "VolumeCurve",
    "exact",
    "langevin",
    "learning_coefficient",
    "loss",
    "losses",
    "squared_error",
    "volume",
]
