from .shifts import Break, Shift, ShiftChange, ShiftOrigin, ShiftState, make_client_key

__all__ = ["Break", "Shift", "ShiftChange", "ShiftOrigin", "ShiftState", "make_client_key"]
