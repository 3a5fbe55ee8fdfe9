"""Recurrent cells of `contrib.rnn` beyond those of `nn.rnn_cell`."""
