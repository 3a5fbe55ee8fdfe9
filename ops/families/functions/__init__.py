"""Operations that call functions, and sections that one step at a time runs."""
