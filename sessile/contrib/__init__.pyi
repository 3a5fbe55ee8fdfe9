"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.contrib import cluster_resolver as cluster_resolver
from sessile.contrib import crf as crf
from sessile.contrib import cudnn_rnn as cudnn_rnn
from sessile.contrib import data as data
from sessile.contrib import distribute as distribute
from sessile.contrib import distributions as distributions
from sessile.contrib import eager as eager
from sessile.contrib import framework as framework
from sessile.contrib import layers as layers
from sessile.contrib import learn as learn
from sessile.contrib import legacy_seq2seq as legacy_seq2seq
from sessile.contrib import lookup as lookup
from sessile.contrib import losses as losses
from sessile.contrib import metrics as metrics
from sessile.contrib import opt as opt
from sessile.contrib import predictor as predictor
from sessile.contrib import rnn as rnn
from sessile.contrib import seq2seq as seq2seq
from sessile.contrib import signal as signal
from sessile.contrib import slim as slim
from sessile.contrib import staging as staging
from sessile.contrib import stateless as stateless
from sessile.contrib import tensorboard as tensorboard
from sessile.contrib import tpu as tpu
from sessile.contrib import training as training
from sessile.contrib import util as util
