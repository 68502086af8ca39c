"""What a function is: bit order, packing, strings, operations and names."""

from simplicity.functions.formula import FormulaError, parse
from simplicity.functions.names import named_functions, names
from simplicity.functions.operations import (
    complement,
    negate_inputs,
    ones,
    order_by_string,
    permute_inputs,
)
from simplicity.functions.orbits import canonical_forms, orbit_members
from simplicity.functions.packing import (
    MAX_INPUTS,
    checked_n_inputs,
    checked_words,
    infer_n_inputs,
    input_table,
    pack,
    position_mask,
    row_slices,
    unpack,
    words_of,
)
from simplicity.functions.specification import as_function, n_inputs_of
from simplicity.functions.text import (
    from_bytes,
    from_integers,
    from_strings,
    sort_keys,
    to_bytes,
    to_integers,
    to_strings,
)

__all__ = [
    "MAX_INPUTS",
    "FormulaError",
    "as_function",
    "canonical_forms",
    "checked_n_inputs",
    "checked_words",
    "complement",
    "from_bytes",
    "from_integers",
    "from_strings",
    "infer_n_inputs",
    "input_table",
    "n_inputs_of",
    "named_functions",
    "names",
    "negate_inputs",
    "ones",
    "orbit_members",
    "order_by_string",
    "pack",
    "parse",
    "permute_inputs",
    "position_mask",
    "row_slices",
    "sort_keys",
    "to_bytes",
    "to_integers",
    "to_strings",
    "unpack",
    "words_of",
]
