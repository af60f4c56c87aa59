from .shifts import Break, Shift, ShiftChange, ShiftOrigin, ShiftState

__all__ = ["Break", "Shift", "ShiftChange", "ShiftOrigin", "ShiftState"]
