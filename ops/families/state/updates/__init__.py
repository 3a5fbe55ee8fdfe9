"""Operations that read and change variables: of resources, of rows and elements, of training."""
