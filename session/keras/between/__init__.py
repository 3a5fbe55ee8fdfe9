"""Operations between the layers of a model, as layers."""
